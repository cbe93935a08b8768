#include "bindings/bindings.h"

int main() {
    start_app();
    return 0;
}
