package io.github.djlnorm.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test of what other engines have not, which is skipped where one of them is the default. */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnPyTorchCondition.class)
public @interface OnPyTorch {

    /**
     * What other engines have not.
     *
     * @return the reason
     */
    String value();
}
