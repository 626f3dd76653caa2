package io.github.djlnorm.testing;

import ai.djl.engine.Engine;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Lets a test run if it is not {@link OnPyTorch}, or PyTorch is the default engine. */
final class OnPyTorchCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), OnPyTorch.class)
                .filter(needed -> !Engine.getDefaultEngineName().equals("PyTorch"))
                .map(
                        needed ->
                                ConditionEvaluationResult.disabled(
                                        "the engine is not PyTorch: " + needed.value()))
                .orElseGet(() -> ConditionEvaluationResult.enabled("the engine has it"));
    }
}
