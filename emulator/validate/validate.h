// Validate: everything that can be said about a template, and about the code that it names, before
// it is deployed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "template/loader.h"
#include "validate/report.h"

namespace offstage::validate {

struct ValidateOptions {
  // `placeholders` is set by Validate.
  templates::LoadOptions load = {};
  // "2026-11-25": what deprecation dates are compared with. Empty: the machine's date.
  std::string today = {};
  // What the emulator leaves out of a stack beyond the loader's notes: events that call nothing,
  // routes that are not served. May be empty.
  std::function<std::vector<templates::Note>(const templates::Stack&)> left_out = {};
};

// Reads the template, the nested ones and the code's folders; starts nothing. What could go wrong
// with the template is in the report. Fails only where the root template cannot be read or is none.
Result<Report> Validate(const ValidateOptions& options, templates::IdRegistry& ids);

}  // namespace offstage::validate
