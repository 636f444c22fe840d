package app

import (
	"net/http"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/config"
)

func TestAdmin(t *testing.T) {
	for _, pprof := range []bool{false, true} {
		a, _ := start(t, func(cfg *config.Config) { cfg.Admin.PProf, cfg.HTTP.Hosts = pprof, []string{"logs.example"} })
		profiles := http.StatusNotFound
		if pprof {
			profiles = http.StatusOK
		}
		for _, c := range []struct {
			path, host string
			want       int
		}{
			{"/metrics", "", http.StatusOK},
			{"/metrics", "logs.example:9091", http.StatusOK},
			{"/metrics", "evil.example:9091", http.StatusForbidden},
			{"/debug/pprof/", "", profiles},
			{"/debug/pprof/heap", "", profiles},
			{"/readyz", "localhost", http.StatusOK},
		} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.Addresses().Admin+c.path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = c.host
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("profiles %t: %s of %q: %s, want %d", pprof, c.path, c.host, resp.Status, c.want)
			}
		}
	}
}
