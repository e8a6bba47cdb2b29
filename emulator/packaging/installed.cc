#include "packaging/installed.h"

namespace offstage::packaging {

std::string_view InstalledPythonScript() {
  return R"python(
import os, shutil, sys
from importlib import metadata
try:
    from packaging.requirements import Requirement
except ImportError:
    from pip._vendor.packaging.requirements import Requirement

requirements, target = sys.argv[1], sys.argv[2]
todo, missing, taken = [], [], {}
for line in open(requirements, encoding="utf-8"):
    line = line.split(" #")[0].strip()
    if not line or line.startswith("#"):
        continue
    if line.startswith("-") or "://" in line:
        missing.append("%s: only plain requirements can be taken from this machine" % line)
        continue
    todo.append(Requirement(line.split(" --hash")[0].rstrip("\\ ")))
while todo:
    wanted = todo.pop()
    if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
        continue
    try:
        found = metadata.distribution(wanted.name)
    except metadata.PackageNotFoundError:
        missing.append("%s: not installed" % wanted)
        continue
    if not wanted.specifier.contains(found.version, prereleases=True):
        missing.append("%s: version %s is installed" % (wanted, found.version))
        continue
    name = found.metadata["Name"].lower()
    known = taken.setdefault(name, (found, set()))
    if known[1] >= (set(wanted.extras) or {""}):
        continue
    known[1].update(wanted.extras or [""])
    for text in found.requires or []:
        need = Requirement(text)
        extras = list(wanted.extras) or [""]
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
            need.marker = None
            todo.append(need)
if missing:
    print("\n".join(sorted(set(missing))))
    sys.exit(3)
for name, (found, extras) in sorted(taken.items()):
    for file in found.files or []:
        if ".." in file.parts or file.is_absolute() or "__pycache__" in file.parts:
            continue
        source = found.locate_file(file)
        if not os.path.isfile(source):
            continue
        place = os.path.join(target, *file.parts)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy2(source, place)
    if not found.files:
        missing.append(name)
    print("%s %s" % (found.metadata["Name"], found.version))
if missing:
    print("\n".join("%s: the machine's package manager keeps no list of its files" % m for m in missing))
    sys.exit(3)
)python";
}

std::string_view InstalledNodeScript() {
  return R"js(
const fs = require('fs'), path = require('path');
const [manifest, target, source] = process.argv.slice(-3);
const globals = [path.resolve(process.execPath, '../../lib/node_modules'), '/usr/local/lib/node_modules',
                 '/usr/lib/node_modules', '/usr/share/nodejs'].filter((f) => fs.existsSync(f));
let semver = null;
for (const root of globals)
  for (const place of ['npm/node_modules/semver', 'semver'])
    try { semver = semver || require(path.join(root, place)); } catch (e) { /* the next place */ }
const satisfies = (version, range) => {
  if (semver) return semver.validRange(range) === null || semver.satisfies(version, range);
  if (range === '' || range === '*' || range === 'latest' || range === version) return true;
  const m = /^[\^~]?(\d+)\.?(\d+)?/.exec(range), v = version.split('.');
  return m !== null && m[1] === v[0] && (range[0] === '^' ? true : m[2] === v[1]);
};
const read = (folder) => { try { return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'))); }
                           catch (e) { return null; } };
const find = (name, from) => {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name);
    if (read(folder)) return folder;
    if (at === path.dirname(at)) break;
  }
  return globals.map((root) => path.join(root, name)).find((folder) => read(folder)) || null;
};
const missing = [], taken = new Map();
const take = (name, range, from, into, depth) => {
  const folder = find(name, from), found = folder && read(folder);
  if (!found) { missing.push(`${name}@${range}: not installed`); return; }
  if (!satisfies(found.version, range)) {
    missing.push(`${name}@${range}: version ${found.version} is installed`); return;
  }
  // A second version of a package goes below the package that needs it.
  let place = path.join(target, name);
  if (taken.has(place) && taken.get(place).folder !== folder) place = path.join(into, 'node_modules', name);
  if (taken.has(place) || depth > 200) return;
  taken.set(place, { folder, version: found.version, name });
  for (const [need, needed] of Object.entries(found.dependencies || {})) take(need, needed, folder, place, depth + 1);
};
for (const [name, range] of Object.entries(JSON.parse(fs.readFileSync(manifest)).dependencies || {}))
  take(name, range, source, path.dirname(target), 0);
if (missing.length) { console.log([...new Set(missing)].sort().join('\n')); process.exit(3); }
for (const [place, { folder, version, name }] of taken) {
  fs.cpSync(folder, place, { recursive: true, dereference: true,
    filter: (f) => !path.relative(folder, f).split(path.sep).includes('node_modules') });
  console.log(name + ' ' + version);
}
)js";
}

std::string_view InstalledRubyScript() {
  return R"ruby(
require 'bundler'
require 'fileutils'
begin
  specs = Bundler.ui.silence { Bundler.definition.specs.to_a }
rescue Bundler::BundlerError => e
  puts e.message.lines.map(&:strip).reject(&:empty?).first(3)
  exit 3
end
target = File.join('vendor/bundle/ruby', RbConfig::CONFIG['ruby_version'])
specs.reject { |s| s.name == 'bundler' || s.default_gem? }.sort_by(&:name).each do |spec|
  places = { spec.full_gem_path => "gems/#{spec.full_name}",
             spec.loaded_from => "specifications/#{spec.full_name}.gemspec",
             spec.extension_dir => spec.extension_dir[/extensions\/.*/].to_s }
  places.each do |from, to|
    next if from.nil? || to.empty? || !File.exist?(from)
    FileUtils.mkdir_p(File.dirname(File.join(target, to)))
    FileUtils.cp_r(from, File.join(target, to))
  end
  puts "#{spec.name} #{spec.version}"
end
)ruby";
}

}  // namespace offstage::packaging
