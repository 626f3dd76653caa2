package io.github.djlnorm.testing;

import ai.djl.ndarray.NDManager;
import java.lang.reflect.Field;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ModifierSupport;

final class ManagedExtension implements BeforeEachCallback, AfterEachCallback {

    @Override
    public void beforeEach(ExtensionContext context) throws IllegalAccessException {
        for (Field field : fields(context)) {
            field.set(context.getRequiredTestInstance(), NDManager.newBaseManager());
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IllegalAccessException {
        for (Field field : fields(context)) {
            NDManager manager = (NDManager) field.get(context.getRequiredTestInstance());
            if (manager != null) { // as it is where another extension skipped the test
                manager.close();
            }
        }
    }

    private static List<Field> fields(ExtensionContext context) {
        List<Field> fields =
                AnnotationSupport.findAnnotatedFields(
                        context.getRequiredTestInstance().getClass(),
                        Managed.class,
                        ModifierSupport::isNotStatic,
                        HierarchyTraversalMode.TOP_DOWN);
        fields.forEach(field -> field.setAccessible(true));
        return fields;
    }
}
