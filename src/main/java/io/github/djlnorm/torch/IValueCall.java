package io.github.djlnorm.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.regex.Pattern;

/** The way that DJL calls modules. */
final class IValueCall implements ModuleCall {

    // DJL reads names such as "a.b", "x[]" and "module_method:f" as instructions for the call.
    private static final Pattern PLAIN_NAME = Pattern.compile("\\w*");

    @Override
    public NDList run(PtSymbolBlock module, NDList inputs) {
        NDList arguments = new NDList(inputs.size());
        NDList aliases = new NDList();
        for (NDArray input : inputs) {
            arguments.add(plainlyNamed(input, aliases));
        }
        try (aliases) {
            return IValueUtils.forward(module, arguments, true);
        }
    }

    private static NDArray plainlyNamed(NDArray input, NDList aliases) {
        String name = input.getName();
        if (name == null || PLAIN_NAME.matcher(name).matches()) {
            return input;
        }
        NDArray alias = input.reshape(input.getShape());
        aliases.add(alias);
        return alias;
    }
}
