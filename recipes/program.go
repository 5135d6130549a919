package recipes

import (
	"fmt"
	"os"
	"path/filepath"
)

// BinaryDirectory is where this generator and the other programs of the stack
// are: they are always installed together.
func BinaryDirectory() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find the folder of the monitor programs: %w", err)
	}
	return filepath.Dir(self), nil
}

// program is the option, or the program called name beside this generator.
func (p *Part) program(option, name string) (string, error) {
	if v := p.Default(option, ""); v != "" {
		return p.absolute(option, v)
	}
	folder, err := BinaryDirectory()
	return filepath.Join(folder, name), err
}
