// Command sample-database DIR writes a small vulnerability database for Trivy into DIR: trivy.db and metadata.json.
// It is for places without Trivy's own database, and says of itself that it is a sample. The same files come out
// everywhere and every time.
package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/metadata"
	"github.com/aquasecurity/trivy-db/pkg/types"
	bolt "go.etcd.io/bbolt"
)

const sample = "A sample for lessons without internet: ten true advisories each for Debian 12 and 13, not the whole database."

// The day on which the advisories were looked up. Not the day of the build, which would make each file another one.
var day = time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)

var source = types.DataSource{
	ID:   debian,
	Name: "Debian Security Tracker (sample)",
	URL:  "https://salsa.debian.org/security-tracker-team/security-tracker",
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("sample-database: ")
	if len(os.Args) != 2 {
		log.Fatal("give the folder for the database")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(dir string) error {
	draft, err := os.MkdirTemp("", "sample-database-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft)
	if err := writeDraft(draft); err != nil {
		return err
	}
	if err := copySorted(db.Path(draft), db.Path(dir)); err != nil {
		return err
	}
	return writeMetadata(dir)
}

func writeDraft(dir string) error {
	if err := db.Init(dir); err != nil {
		return err
	}
	if err := (db.Config{}).BatchUpdate(putAll); err != nil {
		return err
	}
	// Notes of trivy-db to itself, which Trivy does not read.
	if err := (db.Config{}).DeleteAdvisoryDetailBucket(); err != nil {
		return err
	}
	return db.Close()
}

// copySorted copies a database entry by entry. bbolt writes the buckets of one transaction in random order, so the same
// content makes other files; one entry a transaction leaves it no choice.
func copySorted(from, to string) error {
	source, err := bolt.Open(from, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer source.Close()
	// The page size is the machine's by default, and would make another file on machines with larger pages. A crash
	// half-way leaves nothing worth keeping, so nothing is waited for but the end.
	target, err := bolt.Open(to, 0o644, &bolt.Options{PageSize: 4096, NoSync: true})
	if err != nil {
		return err
	}
	if err := bolt.Compact(target, source, 1); err != nil {
		return err
	}
	if err := target.Sync(); err != nil {
		return err
	}
	return target.Close()
}

func putAll(tx *bolt.Tx) error {
	for platform, all := range advisories {
		if err := (db.Config{}).PutDataSource(tx, platform, source); err != nil {
			return err
		}
		for _, one := range all {
			if err := put(tx, platform, one); err != nil {
				return err
			}
		}
	}
	return nil
}

func put(tx *bolt.Tx, platform string, one advisory) error {
	config := db.Config{}
	// As a pointer: only so does the status find its way into the database.
	detail := &types.Advisory{Status: one.status, FixedVersion: one.fixedIn}
	if one.severityFrom == debian {
		detail.Severity = one.severity
	}
	if err := config.PutAdvisoryDetail(tx, one.id, one.sourcePackage, []string{platform}, detail); err != nil {
		return err
	}
	vulnerability := types.Vulnerability{
		Title:          one.title,
		Severity:       one.severity.String(),
		VendorSeverity: types.VendorSeverity{one.severityFrom: one.severity},
		References:     []string{"https://security-tracker.debian.org/tracker/" + one.id},
	}
	if err := config.PutVulnerability(tx, one.id, vulnerability); err != nil {
		return err
	}
	return config.SaveAdvisoryDetails(tx, one.id)
}

// writeMetadata writes what Trivy reads, and the sentence that tells everyone else what this database is.
func writeMetadata(dir string) error {
	text, err := json.Marshal(struct {
		metadata.Metadata
		Sample string
	}{
		metadata.Metadata{Version: db.SchemaVersion, UpdatedAt: day, NextUpdate: day.AddDate(10, 0, 0), DownloadedAt: day},
		sample,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "metadata.json"), text, 0o644)
}
