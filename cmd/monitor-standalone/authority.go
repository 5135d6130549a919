package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/authority"
)

// authorityCommand is the service behind [certificate-authority-service].
func authorityCommand() *cobra.Command {
	var a authority.Authority
	c := &cobra.Command{
		Use:   "certificate-authority --directory DIR --requests DIR --private DIR --certificates DIR",
		Short: "Sign the certificate requests of a partition's services",
		Long: `Makes a certificate authority, then keys and certificates for the requests that
parts left in a folder, until it is stopped. Keys and certificates that exist
are kept.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.Directory == "" || a.Requests == "" || a.Private == "" || a.Certs == "" {
				return errors.New("which folders? --directory, --requests, --private and --certificates are all needed")
			}
			for _, folder := range []*string{&a.Directory, &a.Requests, &a.Private, &a.Certs} {
				absolute, err := filepath.Abs(*folder)
				if err != nil {
					return fmt.Errorf("find %s: %w", *folder, err)
				}
				*folder = absolute
			}
			slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
			ctx, _, stop := interruptible()
			defer stop()
			return a.Serve(ctx)
		},
	}
	c.Flags().StringVar(&a.Directory, "directory", "", "the authority's own folder, with cacert.pem")
	c.Flags().StringVar(&a.Requests, "requests", "", "folder of the requests")
	c.Flags().StringVar(&a.Private, "private", "", "folder of the keys")
	c.Flags().StringVar(&a.Certs, "certificates", "", "folder of the certificates")
	c.Flags().StringVar(&a.Company, "company", "Company", "organisation in the authority's name")
	return c
}
