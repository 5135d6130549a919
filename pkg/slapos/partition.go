package slapos

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
)

// Publish replaces the partition's connection parameters.
func (c *Client) Publish(ctx context.Context, parameters map[string]string) error {
	data, err := marshal(parameters)
	if err != nil {
		return err
	}
	form := c.self()
	form.Set("connection_xml", data)
	form.Set("slave_reference", "None") // what slapos.core sends for "not of a shared instance"
	_, err = c.post(ctx, "setComputerPartitionConnectionXml", form)
	return err
}

// Bang asks the master to have the whole instance tree processed again.
func (c *Client) Bang(ctx context.Context, message string) error {
	form := c.self()
	form.Set("message", message)
	_, err := c.post(ctx, "softwareInstanceBang", form)
	return err
}

// ReportError tells the master that the instance has a problem. Masters keep
// the last 80 characters of it.
func (c *Client) ReportError(ctx context.Context, message string) error {
	form := c.self()
	form.Set("error_log", message)
	_, err := c.post(ctx, "softwareInstanceError", form)
	return err
}

// Partition is what the master knows of the partition that the client acts for.
type Partition struct {
	State string // requested: started, stopped or destroyed
	// Parameters of the instance, as its owner gave them.
	Parameters map[string]string
	Connection map[string]string
	// Title, RootTitle, SoftwareType and Release describe the instance.
	Title, RootTitle, SoftwareType, Release string
	Timestamp                               string
	// Addresses are pairs of network interface and IP address.
	Addresses [][2]string
}

// Partition asks the master about the partition.
func (c *Client) Partition(ctx context.Context) (*Partition, error) {
	const method = "registerComputerPartition"
	values := c.self()
	values.Set("computer_reference", c.computer)
	values.Set("computer_partition_reference", c.partition)
	body, err := c.get(ctx, method, values)
	if err != nil {
		return nil, err
	}
	attributes, err := attributesOf(body)
	if err != nil {
		return nil, c.badAnswer(method, err)
	}
	return describe(attributes), nil
}

// What a master puts among the parameters although the owner did not.
const (
	titleKey     = "instance_title"
	rootTitleKey = "root_instance_title"
	typeKey      = "slap_software_type"
	releaseKey   = "slap_software_release_url"
	addressesKey = "ip_list"
	timestampKey = "timestamp"
)

var masterKeys = map[string]bool{
	titleKey: true, rootTitleKey: true, typeKey: true, releaseKey: true, addressesKey: true, timestampKey: true,
	"full_address_list": true, "full_ip_list": true, "slap_computer_id": true, "slap_computer_partition_id": true,
	"slave_instance_list": true, "xml": true, "hosting_subscription_url": true, "instance_url": true,
}

func describe(attributes map[string]any) *Partition {
	all, _ := attributes["_parameter_dict"].(map[string]any)
	p := &Partition{
		State: text(attributes["_requested_state"]), Connection: connection(attributes), Parameters: map[string]string{},
		Title: text(all[titleKey]), RootTitle: text(all[rootTitleKey]), SoftwareType: text(all[typeKey]),
		Release: text(all[releaseKey]), Timestamp: text(all[timestampKey]),
	}
	for k, v := range all {
		if !masterKeys[k] {
			p.Parameters[k] = text(v)
		}
	}
	list, _ := all[addressesKey].([]any)
	for _, item := range list {
		if pair, ok := item.([]any); ok && len(pair) >= 2 {
			p.Addresses = append(p.Addresses, [2]string{text(pair[0]), text(pair[1])})
		}
	}
	return p
}

func attributesOf(body []byte) (map[string]any, error) {
	v, err := unmarshal(body)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*object)
	if !ok {
		return nil, errors.New("no object in it")
	}
	return o.attributes, nil
}

// connection are the connection parameters in an answer: a dictionary, or
// XML text from masters before 1.0.1.
func connection(attributes map[string]any) map[string]string {
	out := map[string]string{}
	if d, ok := attributes["_connection_dict"].(map[string]any); ok {
		for k, v := range d {
			out[k] = text(v)
		}
		return out
	}
	var old struct {
		Parameters []struct {
			ID    string `xml:"id,attr"`
			Value string `xml:",chardata"`
		} `xml:"parameter"`
	}
	if s, ok := attributes["connection_xml"].(string); ok && xml.Unmarshal([]byte(s), &old) == nil {
		for _, p := range old.Parameters {
			out[p.ID] = p.Value
		}
	}
	return out
}

// Wanted is an instance that the partition requests.
type Wanted struct {
	Name         string // its title, unique in the instance tree
	Software     string // URL of the software release
	SoftwareType string // "" means "default"
	Shared       bool   // a shared (slave) instance
	State        string // "" leaves it to the master, else started, stopped or destroyed
	Parameters   map[string]string
	Filter       map[string]string // where it may run
}

// Instance is a requested instance as the master knows it.
type Instance struct {
	Computer, Partition string
	GUID, State         string
	Connection          map[string]string // empty until the instance publishes
}

// Request asks the master for an instance, which makes it if it is new and
// changes it if it is not, and returns what there is of it. ErrNotReady means
// that it is not allocated yet.
func (c *Client) Request(ctx context.Context, w Wanted) (*Instance, error) {
	const method = "requestComputerPartition"
	form := c.self()
	if w.SoftwareType == "" {
		w.SoftwareType = "default"
	}
	form.Set("software_release", w.Software)
	form.Set("software_type", w.SoftwareType)
	form.Set("partition_reference", w.Name)
	var state any
	if w.State != "" {
		state = w.State
	}
	for field, value := range map[string]any{
		"partition_parameter_xml": orEmpty(w.Parameters), "filter_xml": orEmpty(w.Filter), "shared_xml": w.Shared, "state": state,
	} {
		data, err := marshal(value)
		if err != nil {
			return nil, fmt.Errorf("request %q: %w", w.Name, err)
		}
		form.Set(field, data)
	}
	if err := c.noteRequest(w.Name); err != nil {
		return nil, err
	}
	body, err := c.post(ctx, method, form)
	if err != nil {
		return nil, err
	}
	a, err := attributesOf(body)
	if err != nil {
		return nil, c.badAnswer(method, err)
	}
	return &Instance{
		Computer: text(a["slap_computer_id"]), Partition: text(a["slap_computer_partition_id"]),
		GUID: text(a["_instance_guid"]), State: text(a["_requested_state"]), Connection: connection(a),
	}, nil
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
