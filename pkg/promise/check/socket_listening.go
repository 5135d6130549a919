package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"slapmonitor/pkg/python"
)

// Differences from upstream: every address of a name is tried, not only the
// first; an address that does not answer is a message, not a promise that timed
// out.
var _ = register(&Check{
	Name:  "check_socket_listening",
	About: "something listens at a TCP or UNIX address",
	Options: []Option{
		{Name: "host", About: "name or IP address"},
		{Name: "port", About: "TCP port"},
		{Name: "pathname", About: "UNIX socket"},
		{Name: "abstract", About: "name of an abstract UNIX socket"},
	},
	Minutes: 2,
	Anomaly: Quorum{3, 3},
	run:     socketListening,
})

func socketListening(ctx context.Context, in *Input) Outcome {
	host, port, path, abstract := in.Text("host"), in.Text("port"), in.Text("pathname"), in.Text("abstract")
	wrong := broken("Address must be specified in 1 of the following 3 forms: (host, port), path or abstract")
	if host != "" {
		if path != "" || abstract != "" || port == "" {
			return wrong
		}
		number, err := strconv.ParseUint(strings.TrimSpace(port), 10, 16)
		if errors.Is(err, strconv.ErrSyntax) && !strings.HasPrefix(port, "-") {
			return broken("invalid literal for int() with base 10: %s", python.Repr(port))
		}
		if err != nil {
			return broken("ERROR port is not a number from 0 to 65535: %s", python.Repr(port))
		}
		return tcpListening(ctx, host, uint16(number))
	}
	switch {
	case (path == "") == (abstract == "") || port != "" && path == "" && abstract == "":
		return wrong
	case path != "":
		return listening(dialUNIX(ctx, in.Path("pathname")), python.Repr(path))
	}
	return listening(dialUNIX(ctx, "@"+abstract), python.Repr("\x00"+abstract))
}

// tcpListening tries the addresses of host until one accepts.
func tcpListening(ctx context.Context, host string, port uint16) Outcome {
	addresses, err := resolve(ctx, host)
	if err != nil {
		return broken("%v", err)
	}
	var first Outcome
	for i, a := range addresses {
		out := listening(dialTCP(ctx, a, port), tuple(a, port))
		if !out.Failed {
			return out
		}
		if i == 0 {
			first = out
		}
	}
	return first
}

// resolve lists the addresses of host, which may be one itself.
func resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return nil, errors.New("[Errno -2] Name or service not known")
	}
	for i := range list {
		list[i] = list[i].Unmap()
	}
	return list, err
}

// tuple is an address as Python shows it.
func tuple(a netip.Addr, port uint16) string {
	if a.Is4() {
		return fmt.Sprintf("(%s, %d)", python.Repr(a.String()), port)
	}
	return fmt.Sprintf("(%s, %d, 0, %d)", python.Repr(a.WithZone("").String()), port, zoneID(a.Zone()))
}

// zoneID is the number of a zone, which may be an interface's name.
func zoneID(zone string) uint32 {
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	return 0
}

// listening is what a connection, or why there is none, says.
func listening(err error, shown string) Outcome {
	switch {
	case err == nil:
		return kept("socket connection OK %s", shown)
	case errors.Is(err, context.DeadlineExceeded):
		return broken("TimeoutError: no answer from %s", shown)
	}
	return broken("%s: %s", errnoClass(err), errnoText(err))
}
