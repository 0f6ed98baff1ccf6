#!/usr/bin/env bash
# A map of incidents with mapshaper, as SVG.
#
#     mapshaper_peer.sh INCIDENTS.geojson MAP.svg
#
# MAPSHAPER: the program; without it, the one on the PATH.
set -euo pipefail
data=$(cd "$(dirname "$0")/../../data" && pwd)
exec "${MAPSHAPER:-mapshaper}" -quiet \
  -i "$data/boundary/neighbours.geojson" "$data/boundary/municipalities.geojson" \
     "$data/basemap/linework.geojson" "$data/boundary/line.geojson" "$1" combine-files \
  -proj target='*' EPSG:32634 \
  -style target=neighbours fill='#f4f1ea' stroke='#bbbbbb' \
  -style target=municipalities fill=none stroke='#cccccc' \
  -style target=linework stroke='#88aacc' stroke-width=0.6 \
  -style target=line stroke='#555555' stroke-width=1.2 \
  -points target=4 inner + name=points \
  -style target=points r=3 fill='#c0392b' stroke=white \
  -o "$2" format=svg width=1100 target=neighbours,municipalities,linework,line,points
