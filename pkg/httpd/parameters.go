package httpd

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"slapmonitor/pkg/httpd/cors"
	"slapmonitor/pkg/httpd/dav"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/parameter"
)

// parameters are those that clients edit, and what of them the server itself
// depends on. Accounts look at their files by themselves.
type parameters struct {
	config  *monitorconf.Config
	log     *slog.Logger
	origins atomic.Pointer[cors.Rules]
}

// apply takes an edited list over.
func (p *parameters) apply(ctx context.Context, list []byte) error {
	err := parameter.Apply(ctx, p.config, list)
	var wrong *parameter.Error
	switch {
	case errors.As(err, &wrong):
		return dav.Rejection{Status: wrong.Status, Message: wrong.Message}
	case err != nil:
		p.log.Error("edited parameters could not be applied", "error", err)
		return err
	}
	p.reload()
	return nil
}

// reload reads which origins are allowed.
func (p *parameters) reload() {
	rules, err := cors.Parse(parameter.CORSDomains(p.config))
	if err != nil {
		p.log.Warn("some origins are not allowed", "error", err)
	}
	p.origins.Store(&rules)
}
