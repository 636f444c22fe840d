package token_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/auth/token"
)

func TestNew(t *testing.T) {
	id := token.NewID()
	text, sum := token.New(id)
	if !token.ValidID(id) || id == token.NewID() {
		t.Errorf("NewID = %q", id)
	}
	if !strings.HasPrefix(text, "sk_"+id+"_") || len(text) != len("sk_")+len(id)+len("_")+43 {
		t.Errorf("New = %q", text)
	}
	gotID, gotSum, err := token.Parse(text)
	if err != nil || gotID != id || !gotSum.Equal(sum) {
		t.Errorf("Parse = %q, %v, %v", gotID, gotSum, err)
	}
	parsed, err := token.ParseSum(strings.ToUpper(sum.String()))
	if err != nil || parsed != sum {
		t.Errorf("ParseSum = %v, %v", parsed, err)
	}
	other, otherSum := token.New(id)
	if other == text || otherSum.Equal(sum) {
		t.Error("two tokens are the same")
	}
}

func TestParse(t *testing.T) {
	secret := strings.Repeat("A", 43)
	for text, want := range map[string]error{
		"sk_a_" + secret: nil,
		"sk_a-B9_" + strings.Repeat("_", 42) + "8": nil, // _ is a character of base64url
		"sk_a_" + strings.Repeat("A", 22):          nil,
		"sk_a_" + strings.Repeat("A", 20):          token.ErrWeak,
		"sk_a_":                                    token.ErrWeak,
		"":                                         token.ErrForm,
		"sk_":                                      token.ErrForm,
		"sk__" + secret:                            token.ErrForm,
		"sk_a" + secret:                            token.ErrForm,
		"SK_a_" + secret:                           token.ErrForm,
		"sk_a b_" + secret:                         token.ErrForm,
		"sk_ä_" + secret:                           token.ErrForm,
		"sk_a_" + secret + "=":                     token.ErrForm,
		"sk_a_" + secret[:42] + "B":                token.ErrForm, // bits behind the last byte
		"sk_a_" + secret[:42] + "\n":               token.ErrForm,
		"sk_a_" + secret + "\n":                    token.ErrForm,
		"sk_a_" + strings.Repeat("A", 600):         token.ErrForm,
		"sk_" + strings.Repeat("a", 65) + "_" + secret: token.ErrForm,
	} {
		if _, _, err := token.Parse(text); !errors.Is(err, want) {
			t.Errorf("Parse(%q) = %v, want %v", text, err, want)
		}
	}
}

func TestParseSum(t *testing.T) {
	for _, text := range []string{"", "abc", strings.Repeat("g", 64), strings.Repeat("a", 62), strings.Repeat("a", 66)} {
		if _, err := token.ParseSum(text); err == nil {
			t.Errorf("ParseSum(%q) is taken", text)
		}
	}
}
