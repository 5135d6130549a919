package templates

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/flosch/pongo2/v6"
)

// checkNames walks the parsed template and fails on the first name that the
// context does not give and the template does not bind itself. pongo2 has no
// strict mode: a missing name renders as nothing, which here would be a
// configuration file that is silently wrong. The walk reads unexported fields,
// so it is tied to the pinned pongo2; TestNamesAreChecked guards that.
func checkNames(t *pongo2.Template, context Context) error {
	w := walker{context: context, seen: map[uintptr]bool{}, bound: map[string]bool{"forloop": true}}
	w.bind(reflect.ValueOf(t))
	w.seen = map[uintptr]bool{}
	return w.check(reflect.ValueOf(t))
}

type walker struct {
	context Context
	bound   map[string]bool
	seen    map[uintptr]bool
}

// enter reports whether v is to be walked: templates refer to each other and
// to their set in circles.
func (w *walker) enter(v reflect.Value) bool {
	if v.Kind() != reflect.Pointer {
		return true
	}
	if v.IsNil() || w.seen[v.Pointer()] {
		return false
	}
	w.seen[v.Pointer()] = true
	switch v.Type().Elem().Name() {
	case "TemplateSet", "Token", "Value":
		return false
	}
	return true
}

func (w *walker) children(v reflect.Value, f func(reflect.Value) error) error {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return f(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if err := f(v.Field(i)); err != nil {
				return err
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := f(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if err := f(it.Value()); err != nil {
				return err
			}
		}
	}
	return nil
}

// bind collects the names that for, set, with and macro make.
func (w *walker) bind(v reflect.Value) error {
	if !w.enter(v) {
		return nil
	}
	if v.Kind() == reflect.Struct {
		switch v.Type().Name() {
		case "tagForNode":
			w.bound[v.FieldByName("key").String()] = true
			w.bound[v.FieldByName("value").String()] = true
		case "tagSetNode":
			w.bound[v.FieldByName("name").String()] = true
		case "tagWithNode":
			for it := v.FieldByName("withPairs").MapRange(); it.Next(); {
				w.bound[it.Key().String()] = true
			}
		}
	}
	return w.children(v, w.bind)
}

func (w *walker) check(v reflect.Value) error {
	if !w.enter(v) {
		return nil
	}
	if v.Kind() == reflect.Struct && v.Type().Name() == "variableResolver" {
		if err := w.resolve(v.FieldByName("parts")); err != nil {
			return err
		}
	}
	return w.children(v, w.check)
}

// resolve follows a path like d.key or d['k-k'] through maps in the context.
func (w *walker) resolve(parts reflect.Value) error {
	path := make([]string, parts.Len())
	for i := range path {
		part := parts.Index(i)
		for part.Kind() == reflect.Pointer {
			part = part.Elem()
		}
		path[i] = part.FieldByName("s").String()
	}
	if len(path) == 0 || w.bound[path[0]] {
		return nil
	}
	var here any = map[string]any(w.context)
	for i, name := range path {
		m := reflect.ValueOf(here)
		if m.Kind() != reflect.Map || name == "" { // a list's index, or a subscript known at run time only
			return nil
		}
		next := m.MapIndex(reflect.ValueOf(name))
		if !next.IsValid() {
			return fmt.Errorf("%s is not defined", strings.Join(path[:i+1], "."))
		}
		here = next.Interface()
	}
	return nil
}
