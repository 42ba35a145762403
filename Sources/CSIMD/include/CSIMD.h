#ifndef CSIMD_H
#define CSIMD_H

#include <stdbool.h>

#endif
