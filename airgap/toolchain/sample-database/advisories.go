package main

import "github.com/aquasecurity/trivy-db/pkg/types"

// advisory is one vulnerability of a source package in one release of Debian.
type advisory struct {
	id            string
	sourcePackage string
	title         string
	// severity as published by severityFrom: Debian rates few packages by itself, NVD nearly all vulnerabilities.
	severity     types.Severity
	severityFrom types.SourceID
	status       types.Status
	// fixedIn is the first good version in that release; empty while there is none.
	fixedIn string
}

const (
	debian types.SourceID = "debian"
	nvd    types.SourceID = "nvd"
)

// advisories are true ones by release, chosen for packages that the lesson's images have: the base image's, and c-ares,
// which comes with nodejs. One of each severity at least, so that --severity has something to leave out; some that Debian
// has fixed, which an image with current packages does not show. Debian 13 has fixed all critical ones of these packages.
var advisories = map[string][]advisory{
	"debian 12": {
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
	},
	"debian 13": {
		{
			id: "CVE-2026-42496", sourcePackage: "perl", title: "perl: Archive::Tar follows crafted symlinks out of its folder",
			severity: types.SeverityCritical, severityFrom: nvd, fixedIn: "5.40.1-6+deb13u1",
		},
		{
			id: "CVE-2025-69720", sourcePackage: "ncurses", title: "ncurses: buffer overflow in infocmp",
			severity: types.SeverityHigh, severityFrom: nvd, status: types.StatusAffected,
		},
		{
			id: "CVE-2026-27171", sourcePackage: "zlib", title: "zlib: endless loop in the CRC32 combine functions",
			severity: types.SeverityMedium, severityFrom: nvd, fixedIn: "1:1.3.dfsg+really1.3.1-1+deb13u1",
		},
		{
			id: "CVE-2025-6141", sourcePackage: "ncurses", title: "ncurses: stack buffer overflow in postprocess_termcap()",
			severity: types.SeverityMedium, severityFrom: nvd, status: types.StatusAffected,
		},
		{
			id: "CVE-2025-45582", sourcePackage: "tar", title: "tar: two archives together overwrite files outside the folder",
			severity: types.SeverityMedium, severityFrom: nvd, status: types.StatusAffected,
		},
		{
			id: "CVE-2005-2541", sourcePackage: "tar", title: "tar: no warning when setuid or setgid files are extracted",
			severity: types.SeverityLow, severityFrom: debian, status: types.StatusAffected,
		},
		{
			id: "CVE-2019-1010023", sourcePackage: "glibc", title: "glibc: ldd on a malicious ELF file runs code",
			severity: types.SeverityLow, severityFrom: debian, status: types.StatusAffected,
		},
		{
			id: "CVE-2017-18018", sourcePackage: "coreutils", title: "coreutils: race condition in chown and chgrp with -R -L",
			severity: types.SeverityLow, severityFrom: debian, status: types.StatusAffected,
		},
		{
			id: "CVE-2022-0563", sourcePackage: "util-linux", title: "util-linux: chfn and chsh disclose parts of files of others",
			severity: types.SeverityLow, severityFrom: debian, status: types.StatusAffected,
		},
		{
			id: "CVE-2011-3374", sourcePackage: "apt", title: "apt: apt-key does not check keys against the master keyring",
			severity: types.SeverityLow, severityFrom: debian, status: types.StatusAffected,
		},
	},
}
