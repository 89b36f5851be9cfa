#!/bin/sh
# Pulumi's Node.js language host, as the air-gapped engine starts it. The one that can be built from registries is older
# than the CLI and takes its options as flags; today's CLI sends those of Pulumi.yaml by a way that it does not know.
# So they are read here. What today's host understands, written the way it is usually written, is what counts:
#   runtime:
#     options:
#       typescript: false
#       nodeargs: "--require ./start/program.cjs"

# The value of a line "key: value", without quotes around it and without a remark after it.
value_of() {
  value=${1#*:}
  value=${value#"${value%%[! ]*}"}
  case $value in
    \"*) value=${value#\"} value=${value%%\"*} ;;
    \'*) value=${value#\'} value=${value%%\'*} ;;
    *) value=${value%% #*} value=${value%"${value##*[! ]}"} ;;
  esac
}

# Reads Pulumi.yaml from standard input; sets typescript and nodeargs.
read_options() {
  part=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      runtime:*) part=runtime ;;
      [![:space:]#]*) part= ;;
      *[![:space:]]*)
        key=${line#"${line%%[![:space:]]*}"}
        case $part:$key in
          runtime:options:*) part=options ;;
          options:typescript:*) value_of "$key" && typescript=$value ;;
          options:nodeargs:*) value_of "$key" && nodeargs=$value ;;
        esac
        ;;
    esac
  done
}

typescript=true nodeargs=
if [ -r Pulumi.yaml ]; then
  read_options < Pulumi.yaml
fi
exec "${0%/*}/nodejs-language-host" "-typescript=$typescript" "-nodeargs=$nodeargs" "$@"
