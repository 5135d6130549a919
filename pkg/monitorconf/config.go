// Package monitorconf reads etc/monitor.conf, the one file that tells every
// runtime program of a partition where things are. The generator writes it
// (templates/monitor.conf); consumers add keys of their own, so unknown keys
// are kept out of the way, never refused. It must not know what the programs
// do with what it says.
package monitorconf

// Config is a parsed monitor.conf. Every path is absolute; a key that the file
// lacks has the value that the stack's profile would have given it, relative
// to the partition. Lists are separated by line ends or blanks; a path may
// contain blanks, because in a list of paths a blank separates only when a
// slash follows.
type Config struct {
	File string // the file itself, absolute

	// [monitor]
	Title, RootTitle   string
	BaseURL            string // https://…, no trailing slash; the listening address when the key is absent, else ""
	InterfaceURL       string
	Username           string
	PublicFolder       string
	PrivateFolder      string
	WebDAVFolder       string
	DocumentFolder     string // private/documents
	LogFolder          string // var/log/monitor
	PIDFolder          string
	StateFolder        string   // what programs remember between passes; not served
	ArchiveDays        int      // archive-days: for how many days what left the documents is kept
	PublicPaths        []string // public-path-list
	PrivatePaths       []string // private-path-list
	MonitorURLs        []string // base URLs of sub-instances, in order, not checked: other instances publish them
	Parameters         []string // parameter-list, one trimmed line each
	ParameterFile      string   // parameter-file-path: monitor_knowledge0.cfg
	PromiseFolder      string   // etc/promise
	MonitorPromises    string   // etc/monitor-promise
	PluginFolder       string   // etc/plugin
	ReportFolder       string   // etc/monitor-report
	PromiseTimeoutFile string   // etc/promise_timeout
	PromiseSource      string   // "run" or "slapgrid"
	BootstrapStatus    string   // promise-output-file: empty file = all is well
	CollectorDB        string

	// [promises]: who this partition is, and its master
	Partition                        string // folder
	PartitionID, ComputerID          string
	MasterURL, MasterCert, MasterKey string
	MasterCA                         string // master-ca-file: who signed the master's certificate, "": the system's authorities
	MasterInsecure                   bool   // master-verify = false: any certificate of the master is accepted
	IPv4, IPv6                       string
	SoftwareRelease, SoftwareType    string

	// [httpd]
	HTTPD HTTPD
}

// HTTPD is what the embedded server needs to know.
type HTTPD struct {
	IP           string // listening-ip
	Port         string
	PIDFile      string
	AccessLog    string
	ErrorLog     string
	CertFile     string
	KeyFile      string
	HtpasswdFile string
	CORSDomains  []string
	IncludeFile  string // httpd-include-file: Apache only
	WebDAVWrite  string // webdav-write: "all", or "config": only below private/config/.jio_documents
}
