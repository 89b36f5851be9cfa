package main

import "github.com/aquasecurity/trivy-db/pkg/types"

// advisory is one vulnerability of a Debian 12 source package.
type advisory struct {
	id            string
	sourcePackage string
	title         string
	// severity as published by severityFrom: Debian rates few packages by itself, NVD nearly all vulnerabilities.
	severity     types.Severity
	severityFrom types.SourceID
	status       types.Status
	// fixedIn is the first good version in Debian 12; empty while there is none.
	fixedIn string
}

const (
	debian types.SourceID = "debian"
	nvd    types.SourceID = "nvd"
)

// advisories are true ones, chosen for packages that the lesson's images have: the base image's, and c-ares, which
// comes with nodejs. One of each severity at least, so that --severity has something to leave out; one that Debian 12
// has fixed, which an image with current packages does not show.
var advisories = []advisory{
	{
		id: "CVE-2023-45853", sourcePackage: "zlib", title: "zlib: integer overflow in MiniZip's zipOpenNewFileInZip4_64",
		severity: types.SeverityCritical, severityFrom: nvd, status: types.StatusWillNotFix,
	},
	{
		id: "CVE-2025-69720", sourcePackage: "ncurses", title: "ncurses: buffer overflow in infocmp",
		severity: types.SeverityHigh, severityFrom: nvd, status: types.StatusAffected,
	},
	{
		id: "CVE-2025-13151", sourcePackage: "libtasn1-6", title: "libtasn1: stack-based buffer overflow by one byte",
		severity: types.SeverityHigh, severityFrom: nvd, status: types.StatusAffected,
	},
	{
		id: "CVE-2025-15281", sourcePackage: "glibc", title: "glibc: wordexp with WRDE_REUSE may return uninitialized memory",
		severity: types.SeverityHigh, severityFrom: nvd, fixedIn: "2.36-9+deb12u14",
	},
	{
		id: "CVE-2026-27171", sourcePackage: "zlib", title: "zlib: endless loop in the CRC32 combine functions",
		severity: types.SeverityMedium, severityFrom: nvd, status: types.StatusAffected,
	},
	{
		id: "CVE-2023-50495", sourcePackage: "ncurses", title: "ncurses: segmentation fault in _nc_wrap_entry()",
		severity: types.SeverityMedium, severityFrom: nvd, status: types.StatusAffected,
	},
	{
		id: "CVE-2024-25629", sourcePackage: "c-ares", title: "c-ares: read out of bounds in ares__read_line()",
		severity: types.SeverityMedium, severityFrom: nvd, status: types.StatusAffected,
	},
	{
		id: "CVE-2022-0563", sourcePackage: "util-linux", title: "util-linux: chfn and chsh disclose parts of files of others",
		severity: types.SeverityLow, severityFrom: debian, status: types.StatusAffected,
	},
	{
		id: "CVE-2022-3219", sourcePackage: "gnupg2", title: "gnupg: denial of service by compressed packets",
		severity: types.SeverityLow, severityFrom: debian, status: types.StatusAffected,
	},
	{
		id: "CVE-2011-3374", sourcePackage: "apt", title: "apt: apt-key does not check keys against the master keyring",
		severity: types.SeverityLow, severityFrom: debian, status: types.StatusAffected,
	},
}
