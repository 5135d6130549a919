package slapos

import (
	"fmt"
	"os"
	"path/filepath"
)

// slapgrid reads, after each run, the names of all instances that a partition
// requested in that run, and tells the master: an instance that is not among
// them is not wanted any more. A client that forgot to write them would have
// the partition's children taken for abandoned.
const (
	instanceRootVariable = "SLAPGRID_INSTANCE_ROOT" // set by slapgrid while it processes a partition
	transactionPrefix    = ".slapos-request-transaction-"
)

// transactionFile is where the partition's requests are noted, "" when
// slapgrid is not around.
func transactionFile(partition string) string {
	root := os.Getenv(instanceRootVariable)
	if root == "" || filepath.Base(partition) != partition {
		return ""
	}
	folder := filepath.Join(root, partition)
	if st, err := os.Stat(folder); err != nil || !st.IsDir() {
		return ""
	}
	return filepath.Join(folder, transactionPrefix+partition)
}

func (c *Client) noteRequest(name string) error {
	if c.transaction == "" {
		return nil
	}
	f, err := os.OpenFile(c.transaction, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		return fmt.Errorf("note the request of %q for slapgrid: %w", name, err)
	}
	_, err = f.WriteString(name + "\n")
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("note the request of %q for slapgrid: %w", name, err)
	}
	return nil
}
