package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strconv"
	"syscall"
	"time"

	probing "github.com/prometheus-community/pro-bing"
)

// Differences from upstream: packets are sent by this program; the ping program
// is run only where the kernel does not let it. A ratio with decimals is read
// as such (33.3333 %, not 3333 %).
var _ = register(&Check{
	Name:  "check_icmp_packet_lost",
	About: "few ICMP packets to an address get lost",
	Options: []Option{
		{Name: "address", Required: true, About: "name or IP address"},
		{Name: "ipv4", Default: "0", About: "True: use IPv4"},
		{Name: "count", Default: "10", About: "packets to send"},
		{Name: "threshold", Default: "0", About: "how many percent may get lost"},
	},
	Minutes:       720,
	Anomaly:       Quorum{2, 2},
	TestLess:      true,
	StartsProgram: true,
	run:           icmpLost,
})

// echoes is how the packets fared.
type echoes struct {
	lost          float64 // percent
	min, avg, max time.Duration
}

func icmpLost(ctx context.Context, in *Input) Outcome {
	address, count, threshold := in.Text("address"), in.Int("count"), in.Float("threshold")
	if threshold < 0 || count < 1 || count > 1000 {
		return broken("ERROR threshold must not be negative, and count be from 1 to 1000")
	}
	title, family := "PING6", "ip6"
	if in.Bool("ipv4") {
		title, family = "PING", "ip4"
	}
	e, err := in.ping(ctx, address, family, count)
	const none = "%s host=%s code=600, result=failed, packet_lost_ratio=%d msg=%v"
	switch {
	case errors.Is(err, errUnreachable):
		return Outcome{Failed: threshold < 100, Message: fmt.Sprintf(none, title, address, 100, err)}
	case err != nil:
		return broken(none, title, address, -1, err)
	case e.lost >= 100:
		return Outcome{Failed: threshold < 100, Message: fmt.Sprintf(none, title, address, 100, "Cannot ping host")}
	}
	ms := func(d time.Duration) string { return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 3, 64) }
	return Outcome{Failed: e.lost > threshold, Message: fmt.Sprintf("%s host=%s code=200, result=%s, packet_lost_ratio=%s msg=min %s max %s avg %s",
		title, address, ms(e.avg), strconv.FormatFloat(e.lost, 'f', -1, 64), ms(e.min), ms(e.max), ms(e.avg))}
}

// ping sends packets by whatever right this process has.
func (in *Input) ping(ctx context.Context, address, family string, count int) (echoes, error) {
	ip, err := resolveFamily(ctx, address, family)
	if err != nil {
		return echoes{}, err
	}
	for _, privileged := range []bool{false, true} {
		e, err := probe(ctx, ip, count, privileged)
		if errors.Is(err, syscall.ENETUNREACH) {
			return echoes{}, errUnreachable
		}
		if !errors.Is(err, fs.ErrPermission) {
			return e, err
		}
	}
	return in.pingProgram(ip, count)
}

var errUnreachable = errors.New("Network is unreachable")

// resolveFamily is an address of a name. One that is an address itself is of
// its own family, as for the ping program.
func resolveFamily(ctx context.Context, address, family string) (netip.Addr, error) {
	if ip, err := netip.ParseAddr(address); err == nil {
		return ip, nil
	}
	list, err := net.DefaultResolver.LookupNetIP(ctx, family, address)
	if err != nil || len(list) == 0 {
		return netip.Addr{}, fmt.Errorf("%s has no address of this family", address)
	}
	return list[0].Unmap(), nil
}

// probe sends count packets, two a second.
func probe(ctx context.Context, ip netip.Addr, count int, privileged bool) (echoes, error) {
	p := probing.New(ip.String())
	p.SetLogger(probing.NoopLogger{})
	p.SetPrivileged(privileged)
	p.Count, p.Interval = count, 500*time.Millisecond
	p.Timeout = time.Duration(count)*p.Interval + 2*time.Second
	if deadline, ok := ctx.Deadline(); ok {
		p.Timeout = min(p.Timeout, time.Until(deadline)-100*time.Millisecond)
	}
	if err := p.RunWithContext(ctx); err != nil {
		return echoes{}, err
	}
	s := p.Statistics()
	return echoes{lost: s.PacketLoss, min: s.MinRtt, avg: s.AvgRtt, max: s.MaxRtt}, nil
}

var (
	lossText = regexp.MustCompile(`([\d.]+)% packet loss`)
	timeText = regexp.MustCompile(`([\d.]+)/([\d.]+)/([\d.]+)/[\d.]+ ms`)
)

// pingProgram asks the ping program, which may have rights that this one lacks.
func (in *Input) pingProgram(ip netip.Addr, count int) (echoes, error) {
	for _, path := range []string{"/bin/ping", "/usr/bin/ping", "/sbin/ping"} {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		res := in.execute(path, "-n", "-q", "-c", strconv.Itoa(count), "-w", "10", ip.String())
		return parsePing(string(res.Stdout.Data))
	}
	return echoes{}, errors.New("sending ICMP packets is not permitted: widen net.ipv4.ping_group_range or install ping")
}

func parsePing(output string) (e echoes, err error) {
	loss := lossText.FindStringSubmatch(output)
	if loss == nil {
		return e, fmt.Errorf("ping says %.200q", output)
	}
	e.lost, err = strconv.ParseFloat(loss[1], 64)
	if m := timeText.FindStringSubmatch(output); m != nil {
		for i, d := range []*time.Duration{&e.min, &e.avg, &e.max} {
			ms, _ := strconv.ParseFloat(m[i+1], 64)
			*d = time.Duration(ms * float64(time.Millisecond))
		}
	}
	return e, err
}
