package process

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestExclusive(t *testing.T) {
	dir := t.TempDir()
	first, err := Exclusive(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Exclusive(dir)
	var held *HeldError
	if !errors.As(err, &held) || held.Dir != dir || held.PID != strconv.Itoa(os.Getpid()) {
		t.Errorf("a second lock: %v, want one that process %d holds", err, os.Getpid())
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := Exclusive(dir)
	if err != nil {
		t.Fatalf("after its release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := Exclusive(filepath.Join(dir, "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent folder: %v", err)
	}
}

func TestEnviron(t *testing.T) {
	t.Setenv("PATH", "/mine:/usr/sbin")
	t.Setenv("TZ", "Asia/Tokyo")
	t.Setenv("LC_ALL", "fr_FR")
	t.Setenv("SECRET", "x")
	env := Environ("/part")
	for _, want := range []string{"HOME=/part", "PATH=/mine:/usr/sbin:/usr/local/sbin:/sbin", "TZ=Asia/Tokyo", "LANG=C.UTF-8"} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is not in %v", want, env)
		}
	}
	for _, v := range env {
		if strings.HasPrefix(v, "SECRET=") || strings.HasPrefix(v, "LC_ALL=") {
			t.Errorf("%s was inherited", v)
		}
	}
}
