// Packages that are installed on this machine, for builds without an index: programs that the
// languages' own interpreters run. Each copies what the manifest asks for, and what that needs,
// where the installed versions satisfy it; prints "NAME VERSION" lines; else it prints what is
// missing and exits with 3.
#pragma once

#include <string_view>

namespace offstage::packaging {

// python3 -c SCRIPT requirements.txt TARGET
std::string_view InstalledPythonScript();
// node -e SCRIPT package.json TARGET SOURCE: TARGET is a node_modules folder; packages are looked
// for from SOURCE upwards and among the globally installed ones.
std::string_view InstalledNodeScript();
// ruby -e SCRIPT, in a folder with a Gemfile: the gems go into its vendor/bundle, where AWS's Ruby
// looks for them. BUNDLE_WITHOUT names the groups that are left out.
std::string_view InstalledRubyScript();

}  // namespace offstage::packaging
