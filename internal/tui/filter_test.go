package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

func TestTypingSendsTheFilter(t *testing.T) {
	b := newBench(t, "")
	b.sees("in force: everything")
	b.press("a b")
	want := []wish{{"a", false}, {"a ", false}, {"a b", false}}
	if diff := cmp.Diff(want, b.wire.wants, cmp.AllowUnexported(wish{})); diff != "" {
		t.Error(diff)
	}
	b.seesNot("in force")
	b.notice(applied(4, "a AND b"))
	b.sees("in force: a AND b")
	b.sees("── filter 4: a AND b ──")
	b.press("enter")
	if b.filter.focused || len(b.wire.wants) != 3 {
		t.Errorf("Enter on what is in force sent %v", b.wire.wants)
	}
	b.press("/", "c", "enter")
	if got := b.wire.wants[len(b.wire.wants)-1]; got != (wish{"a bc", true}) {
		t.Errorf("Enter sent %v", got)
	}
}

func TestAMistakeIsUnderlinedAndTheRowsGoOn(t *testing.T) {
	b := newBench(t, "")
	b.press("é foo<3")
	at := uint32(len("é "))
	b.notice(rejected(&loggerv1.Rejected{
		Revision: uint32(len(b.wire.wants)) + 1, Field: "query", Begin: at, End: at + 3,
		Message: `unknown field "foo"`, Hint: "did you mean attributes.foo?",
	}))
	screen := b.screen()
	i := slices.Index(screen, "filter> é foo<3")
	if i < 0 || i+2 >= len(screen) || screen[i+1] != "          ^^^" || screen[i+2] != `unknown field "foo" (did you mean attributes.foo?)` {
		t.Errorf("the screen is\n%s", strings.Join(screen, "\n"))
	}
	if !strings.Contains(b.View().Content, mistaken.render("foo")) {
		t.Error("the mistake is not underlined in the line")
	}
	b.log("still coming", 1)
	b.sees("still coming 0")
	b.press("0")
	b.seesNot("unknown field")
}

func TestAnswersToWhatWasTypedOverAreOfNoInterest(t *testing.T) {
	b := newBench(t, "")
	b.press("ab")
	b.notice(rejected(&loggerv1.Rejected{Revision: 2, Field: "query", Begin: 0, End: 1, Message: "too old"}))
	b.notice(rejected(&loggerv1.Rejected{Revision: 3, Reason: "SUPERSEDED", Message: "a newer one"}))
	b.seesNot("too old")
	b.seesNot("a newer one")
}

// A condition that ends with its operator is a certain mistake, and on its way to be none.
func TestHalfAConditionIsNotSent(t *testing.T) {
	b := newBench(t, "")
	b.press("host=")
	if got := b.wire.wants[len(b.wire.wants)-1].query; got != "host" {
		t.Errorf("%q was sent", got)
	}
	b.press("enter")
	if got := b.wire.wants[len(b.wire.wants)-1]; got != (wish{"host=", true}) {
		t.Errorf("Enter sent %v", got)
	}
}

func TestEarlierFilters(t *testing.T) {
	b := newBench(t, "one")
	b.press("ctrl+u", "two")
	b.notice(applied(uint32(len(b.wire.wants))+1, "two"))
	for _, step := range []struct{ key, want string }{{"up", "two"}, {"up", "one"}, {"up", "one"}, {"down", "two"}, {"down", ""}} {
		b.press(step.key)
		if got := b.filter.editor.text; got != step.want {
			t.Errorf("%s brings %q, want %q", step.key, got, step.want)
		}
	}
}

func field(name string, values ...string) *loggerv1.Field {
	f := &loggerv1.Field{Name: name}
	for _, v := range values {
		f.Values = append(f.Values, &loggerv1.FieldValue{Value: v})
	}
	return f
}

func TestCompletion(t *testing.T) {
	known := fieldsKnown{
		field("service", "checkout", "cart", "a b"), field("severity", "INFO"),
		field("attributes.user.id", "42"), field("attributes.file count", `say "hi"`), field("attributes.job", "AND", "x*"),
	}
	tests := map[string]struct {
		typed, want string
		offered     []string
	}{
		"a field":             {"serv", "service=", nil},
		"severity":            {"sever", "severity>=", nil},
		"an attribute":        {"x user", "x attributes.user.id=", nil},
		"a name with a blank": {"-attributes.f", `-attributes."file count"=`, nil},
		"a value":             {"service=che", "service=checkout", nil},
		"several values":      {"(service:c", "(service:checkout", []string{"checkout", "cart"}},
		"a value with blanks": {"service=a", `service="a b"`, nil},
		"a quoted value":      {`attributes."file count"=`, `attributes."file count"="say \"hi\""`, nil},
		"a keyword":           {"attributes.job=AN", `attributes.job="AND"`, nil},
		"a star":              {"attributes.job=x", `attributes.job="x\*"`, nil},
		"levels":              {"severity>=f", "severity>=FATAL", nil},
		"nothing":             {"service=zz", "service=zz", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "")
			b.Update(known)
			b.press(test.typed, "tab")
			if got := b.filter.editor.text; got != test.want {
				t.Errorf("%q became %q, want %q", test.typed, got, test.want)
			}
			if test.offered != nil && !slices.Equal(b.filter.completion.items, test.offered) && len(test.offered) > 0 {
				if !slices.Equal(b.filter.completion.items[:len(test.offered)], test.offered) {
					t.Errorf("offered are %q, want %q", b.filter.completion.items, test.offered)
				}
			}
		})
	}
}

func TestGoingThroughWhatIsOffered(t *testing.T) {
	b := newBench(t, "")
	b.Update(fieldsKnown{field("host", "web-1", "web-2", "web-3")})
	b.press("host=w")
	sent := len(b.wire.wants)
	for _, step := range []struct{ key, want string }{{"tab", "web-1"}, {"tab", "web-2"}, {"shift+tab", "web-1"}, {"shift+tab", "web-3"}} {
		b.press(step.key)
		if got := b.filter.editor.text; got != "host="+step.want {
			t.Errorf("%s brings %q, want %s", step.key, got, step.want)
		}
	}
	b.sees("web-1  web-2  web-3")
	if len(b.wire.wants) != sent {
		t.Error("what is offered was sent before it was chosen")
	}
	b.press("enter")
	if got := b.wire.wants[len(b.wire.wants)-1]; got != (wish{"host=web-3", true}) || !b.filter.focused {
		t.Errorf("Enter sent %v", got)
	}
	b.press("backspace", "tab", "esc")
	if got := b.filter.editor.text; got != "host=web-" || !b.filter.focused {
		t.Errorf("Esc left %q", got)
	}
}

func TestPasteIsOneLineAndHarmless(t *testing.T) {
	b := newBench(t, "")
	b.press("esc")
	b.paste("one\ntwo\x1b[2J\u202e" + strings.Repeat("x", 2*maxQuery))
	if got := b.filter.editor.text; !strings.HasPrefix(got, "one two[2Jxxx") || len(got) != maxQuery || !b.filter.focused {
		t.Errorf("pasted %d bytes: %.20q", len(got), got)
	}
}
