// The public surface of the Lambda component in one include.
#pragma once

#include "lambda/function_config.h"
#include "lambda/options.h"
#include "lambda/service.h"
