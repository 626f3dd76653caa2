package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.djlnorm.parity.python.PyTorch;
import io.github.djlnorm.parity.python.PyTorchSearch;

/** Real PyTorch for tests, or a reason to skip them; where it is required, a failure. */
public final class RealPyTorch {

    private static final String REQUIRED = "PARITY_REQUIRE_PYTORCH";

    private RealPyTorch() {}

    public static PyTorch orSkip(PyTorchSearch search) {
        if (search.torch().isPresent()) {
            return search.torch().get();
        }
        String reason = "no real PyTorch to compare with: " + search.missing();
        if (Boolean.parseBoolean(System.getenv(REQUIRED))) {
            return fail(REQUIRED + " is set, but there is " + reason);
        }
        return abort(reason);
    }
}
