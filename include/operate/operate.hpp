#pragma once

// All of the SDK but the headers that need a JSON library: <operate/json.hpp> and <operate/resource.hpp>.
#include <operate/client.hpp>
#include <operate/error.hpp>
#include <operate/har.hpp>
#include <operate/log.hpp>
#include <operate/metrics.hpp>
#include <operate/result.hpp>
#include <operate/transport.hpp>
#include <operate/version.hpp>
