// Debuggers: a port for each debugged function, and how to attach to it.
#pragma once

#include <string>

#include "base/result.h"
#include "lambda/runtimes.h"

namespace offstage::lambda {

// A port of the loopback interface that is free now.
Result<int> FreePort();

// "attach to 127.0.0.1:5678 (VS Code: {...})".
std::string AttachHelp(Language language, int port, const std::string& code_folder);

}  // namespace offstage::lambda
