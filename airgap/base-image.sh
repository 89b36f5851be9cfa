#!/usr/bin/env bash
# Writes a minimal Debian (on an Ubuntu host: Ubuntu) root filesystem as a tar to standard output, made by debootstrap
# from the mirror that this machine's own apt sources name. Progress goes to standard error. Needs root.
#   sudo airgap/base-image.sh | docker import - lab-nodes/base:trixie
# Settings, by environment:
#   LAB_BASE_SUITE    release to make; default: trixie on Debian, the host's own release on Ubuntu
#   LAB_BASE_WORK     folder for the half-made tree (on a disk without noexec and nodev); default: /var/tmp
set -euo pipefail

work=""

say() { printf '%s\n' "base-image: $*" >&2; }

warn() { say "warning: $*"; }

fail() {
  say "$*"
  exit 1
}

clean_up() {
  [[ -n "$work" ]] || return 0
  # debootstrap leaves these mounted when it is interrupted; removing through a mount would reach the host.
  local mounted
  for mounted in "$work/root/proc" "$work/root/sys"; do
    if mountpoint --quiet "$mounted"; then umount --recursive "$mounted"; fi
  done
  rm --recursive --force --one-file-system "$work"
}

# Sets: distribution (Debian or Ubuntu, as in a Release file's Origin), host_suite, suite, keyring.
describe_host() {
  [[ -r /etc/os-release ]] || fail "this machine has no /etc/os-release; Debian or Ubuntu is needed"
  local identity codename
  # shellcheck disable=SC1091 # belongs to the machine
  identity=$(. /etc/os-release && printf ' %s %s ' "${ID:-}" "${ID_LIKE:-}")
  # shellcheck disable=SC1091 # a derivative names the release it is based on apart from its own
  codename=$(. /etc/os-release && printf '%s' "${UBUNTU_CODENAME:-${DEBIAN_CODENAME:-${VERSION_CODENAME:-}}}")
  case "$identity" in
    *" ubuntu "*)
      distribution=Ubuntu
      warn "this machine's mirrors serve Ubuntu, so the base image is Ubuntu, not Debian"
      suite=${LAB_BASE_SUITE:-$codename}
      keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg
      ;;
    *" debian "*)
      distribution=Debian
      suite=${LAB_BASE_SUITE:-trixie}
      keyring=/usr/share/keyrings/debian-archive-keyring.gpg
      ;;
    *) fail "this machine is neither Debian nor Ubuntu (it says:$identity); debootstrap has no mirror to read from" ;;
  esac
  host_suite=$codename
}

install_debootstrap() {
  if command -v debootstrap >/dev/null; then return; fi
  say "installing debootstrap"
  apt-get update >&2
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends debootstrap >&2
}

# Prints "mirror|release|component" of each package index in the host's apt sources, whatever their format.
host_sources() {
  apt-get indextargets --format "\$(REPO_URI)|\$(RELEASE)|\$(COMPONENT)" 'Created-By: Packages' | sort --unique
}

# Cloud images name a file of mirrors instead of a mirror; its first line is the preferred one.
real_mirror() {
  local uri=$1
  case "$uri" in
    mirror+file:*) awk '!/^#/ && NF { print $1; exit }' "${uri#mirror+file:}" | sed 's,/*$,/,' ;;
    http://* | https://*) printf '%s\n' "$uri" ;;
    *) warn "leaving out $uri: only http and https mirrors can be reached from inside an image" ;;
  esac
}

# True when the mirror serves that release of the distribution itself, and not some vendor's packages for it.
# Fetched by apt's own client, so that the machine's proxy and certificates count.
serves() {
  local mirror=$1 release=$2
  /usr/lib/apt/apt-helper download-file "${mirror}dists/$release/InRelease" "$work/InRelease" >/dev/null 2>&1 || return 1
  grep --quiet "^Origin: $distribution\$" "$work/InRelease"
}

# Writes $work/sources with lines "mirror release component..." for the wanted suite; the base suite comes first.
choose_sources() {
  local pocket uri release mirror components
  : >"$work/sources"
  for pocket in "" -updates -security; do
    while IFS='|' read -r uri release; do
      mirror=$(real_mirror "$uri")
      [[ -n "$mirror" ]] || continue
      serves "$mirror" "$suite$pocket" || continue
      components=$(host_sources | awk -F'|' -v uri="$uri" -v release="$release" '$1 == uri && $2 == release { printf " %s", $3 }')
      printf '%s %s%s\n' "$mirror" "$suite$pocket" "$components" >>"$work/sources"
      break
    done < <(host_sources | awk -F'|' -v host="$host_suite$pocket" -v suite="$suite$pocket" -v alias="stable$pocket" \
      '($2 == host || $2 == suite || $2 == alias) && $3 == "main" { print $1 "|" $2 }')
  done
  awk -v suite="$suite" '$2 == suite { found = 1 } END { exit !found }' "$work/sources" ||
    fail "no apt source of this machine serves $distribution $suite; see: apt-get indextargets"
}

# The host's proxy, or nothing. $1 is http or https.
host_proxy() {
  local value
  value=$(apt-config dump "Acquire::$1::Proxy" | sed --quiet "s/^Acquire::$1::Proxy \"\\(.*\\)\";\$/\\1/p")
  if [[ "$value" != DIRECT ]]; then printf '%s' "$value"; fi
}

bootstrap() {
  local mirror proxy
  mirror=$(awk 'NR == 1 { print $1 }' "$work/sources")
  for scheme in http https; do
    proxy=$(host_proxy "$scheme")
    if [[ -n "$proxy" ]]; then export "${scheme}_proxy=$proxy"; fi
  done
  say "making $distribution $suite from $mirror"
  debootstrap --variant=minbase --include=ca-certificates --keyring="$keyring" "$suite" "$work/root" "$mirror" >&2
}

# Proxies that a node cannot use (on this machine's loopback) or should not see (with a password in them) stay here.
carry_proxies() {
  local scheme proxy
  for scheme in http https; do
    proxy=$(host_proxy "$scheme")
    case "$proxy" in
      "") ;;
      *@*) warn "the $scheme proxy has a password in its address; it is not copied into the image" ;;
      *//localhost* | *//127.* | *//\[::1\]*) warn "the $scheme proxy $proxy is only reachable here; it is not copied into the image" ;;
      *) printf 'Acquire::%s::Proxy "%s";\n' "$scheme" "$proxy" ;;
    esac
  done >"$work/root/etc/apt/apt.conf.d/90lab-host"
  # A mirror frozen at a date is out of date by design; a host that accepts this wants its nodes to accept it too.
  apt-config dump | grep --extended-regexp '^Acquire::(Check-Valid-Until|Check-Date) ' >>"$work/root/etc/apt/apt.conf.d/90lab-host" || true
  [[ -s "$work/root/etc/apt/apt.conf.d/90lab-host" ]] || rm "$work/root/etc/apt/apt.conf.d/90lab-host"
}

carry_certificates() {
  grep --quiet '^https:' "$work/sources" || return 0
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp --target-directory="$work/root/usr/local/share/ca-certificates" {} +
  chroot "$work/root" update-ca-certificates >&2
}

configure_apt() {
  local mirror release components
  rm --force "$work/root/etc/apt/sources.list"
  while read -r mirror release components; do
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: %s\nSigned-By: %s\n\n' "$mirror" "$release" "$components" "$keyring"
  done <"$work/sources" >"$work/root/etc/apt/sources.list.d/${distribution,,}.sources"
  # As in the official images: no translations, and lists of packages stay as small as they came.
  printf 'Acquire::Languages "none";\n' >"$work/root/etc/apt/apt.conf.d/90lab-no-languages"
  printf 'Acquire::GzipIndexes "true";\nAcquire::CompressionTypes::Order:: "gz";\n' \
    >"$work/root/etc/apt/apt.conf.d/90lab-gzip-indexes"
  carry_proxies
  carry_certificates
}

# debootstrap knows the release alone: what came out since, security fixes above all, is in the other sources.
upgrade() {
  say "upgrading"
  chroot "$work/root" apt-get update >&2
  DEBIAN_FRONTEND=noninteractive chroot "$work/root" apt-get upgrade --yes >&2
}

# What differs from one run to the next, or tells of this machine, goes.
clean_tree() {
  local tree=$work/root
  rm --force "$tree/etc/hostname" "$tree/etc/resolv.conf" "$tree/var/cache/ldconfig/aux-cache" \
    "$tree"/var/lib/dpkg/*-old "$tree"/var/cache/debconf/*-old "$tree"/etc/{passwd,group,shadow,gshadow}-
  rm --recursive --force "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/debootstrap "$tree"/tmp/* "$tree"/run/*
  find "$tree/var/log" -type f -delete
  : >"$tree/etc/machine-id"
  # Third field: the day the password was last changed, that is, today.
  sed --in-place --regexp-extended 's/^(([^:]*:){2})[0-9]+:/\119000:/' "$tree/etc/shadow"
}

# The same mirror state gives the same tar: sorted, owners as numbers, no file newer than the release itself.
pack() {
  local released
  serves "$(awk 'NR == 1 { print $1 }' "$work/sources")" "$suite" || fail "the mirror stopped answering"
  released=$(sed --quiet 's/^Date: //p' "$work/InRelease")
  tar --create --directory "$work/root" --sort=name --numeric-owner --mtime="$released" --clamp-mtime \
    --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' .
}

main() {
  [[ $EUID -eq 0 ]] || fail "making a root filesystem needs root; run it with sudo"
  command -v apt-get >/dev/null || fail "apt-get is missing; Debian or Ubuntu is needed"
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  umask 022
  work=$(mktemp --directory "${LAB_BASE_WORK:-/var/tmp}/lab-base-image.XXXXXX")
  describe_host
  choose_sources
  install_debootstrap
  bootstrap
  configure_apt
  upgrade
  clean_tree
  say "packing"
  pack
}

# Sourced by the tests, which call single functions.
if [[ "${BASH_SOURCE[0]}" == "$0" ]]; then main "$@"; fi
