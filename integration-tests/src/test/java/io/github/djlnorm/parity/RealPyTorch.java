package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.djlnorm.parity.python.PyTorch;
import io.github.djlnorm.parity.python.PyTorchSearch;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Real PyTorch for the tests of a class, from before the first to after the last. Where there is
 * none each test is skipped with the reason, or fails where it is required.
 */
public final class RealPyTorch implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

    private static final String REQUIRED = "PARITY_REQUIRE_PYTORCH";

    private PyTorchSearch search;

    public PyTorch get() {
        return search.torch().orElseThrow();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        search = PyTorchSearch.run();
    }

    // Not beforeAll, which would count a class as skipped, not its tests.
    @Override
    public void beforeEach(ExtensionContext context) {
        if (search.torch().isPresent()) {
            return;
        }
        String reason = "no real PyTorch to compare with: " + search.missing();
        if (Boolean.parseBoolean(System.getenv(REQUIRED))) {
            fail(REQUIRED + " is set, but there is " + reason);
        }
        abort(reason);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        search.torch().ifPresent(PyTorch::close);
    }
}
