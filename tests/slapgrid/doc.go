// Package slapgrid tests deployment by the real programs: slapproxy is the
// master, slapgrid and supervisord deploy tests/slapgrid/software.cfg into
// three partitions on loopback.
package slapgrid
