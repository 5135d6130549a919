package document

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func archived(n int) Archived {
	at := noon.Add(time.Duration(n) * time.Minute)
	return Archived{"p", HistoryEntry{Status: OK, Date: Date(at), Message: fmt.Sprint(n), Count: 1, LastDate: Date(at)}}
}

func TestArchiveSurvivesTornAndDamagedMembers(t *testing.T) {
	a := &Archive{Folder: t.TempDir()}
	for n := range 10 {
		if err := a.Append([]Archived{archived(2 * n), archived(2*n + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := a.Read("2026-03-19"); err != nil || len(all) != 20 {
		t.Fatalf("%d entries, %v", len(all), err)
	}
	path := filepath.Join(a.Folder, "2026-03-19"+archiveSuffix)
	raw, _ := os.ReadFile(path)
	for cut := range raw {
		os.WriteFile(path, raw[:cut], 0o640)
		if err := a.Append([]Archived{archived(99)}); err != nil {
			t.Fatal(err)
		}
		all, err := a.Read("2026-03-19")
		if want := 2*(cut*10/len(raw)) - 2; err != nil || len(all) <= want-1 || all[len(all)-1].Message != "99" {
			t.Fatalf("cut at %d of %d: %d entries, want about %d (%v)", cut, len(raw), len(all), want, err)
		}
	}
	for i := range 40 {
		raw[len(raw)/2+i] = byte(rand.Int())
	}
	os.WriteFile(path, raw, 0o640)
	if all, err := a.Read("2026-03-19"); err != nil || len(all) < 14 {
		t.Errorf("with noise in the middle: %d entries, %v", len(all), err)
	}
}

func TestArchiveReturnsADoubleOnce(t *testing.T) {
	a := &Archive{Folder: t.TempDir()}
	once, more := archived(1), archived(1)
	more.Count = 7
	a.Append([]Archived{once, archived(2)})
	a.Append([]Archived{more})
	if all, err := a.Read("2026-03-19"); err != nil || len(all) != 2 || all[0].Count != 7 {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestArchiveIsPruned(t *testing.T) {
	a := &Archive{Folder: filepath.Join(t.TempDir(), "history")}
	if gone, err := a.Prune(noon); err != nil || gone != nil {
		t.Errorf("an absent archive: %v, %v", gone, err)
	}
	for n := range 5 {
		a.Append([]Archived{archived(n * 24 * 60)})
	}
	os.WriteFile(filepath.Join(a.Folder, "README"), nil, 0o640)
	gone, err := a.Prune(noon.Add(3 * 24 * time.Hour))
	if err != nil || len(gone) != 3 {
		t.Fatalf("%v, %v", gone, err)
	}
	if days, _ := a.Days(); len(days) != 2 || days[0] != "2026-03-22" {
		t.Errorf("left %v", days)
	}
}
