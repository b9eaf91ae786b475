using System.Reflection;
using System.Runtime.CompilerServices;

namespace SentinelHealth.Architecture.Tests;

/// <summary>Types and members as one line each, close to how they are written in C#.</summary>
internal static class TypeText
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Type type)
    {
        if (type.IsByRef)
            return "ref " + Of(type.GetElementType()!);
        if (type.IsArray)
            return Of(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Of(underlying) + "?";
        if (type.IsGenericParameter)
            return type.Name;
        var name = (type.IsNested ? type.DeclaringType!.Name + "." + type.Name : type.Name).Split('`')[0];
        if (IsOurs(type))
            name = $"{type.Namespace}.{name}";
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : name;
    }

    public static string Of(MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false } constructor => $"new({Parameters(constructor)})",
        PropertyInfo property => $"{Static(property.GetMethod)}{Of(property.PropertyType)}{Question(property)} {property.Name} {{ {Accessors(property)} }}",
        EventInfo happening => $"event {Of(happening.EventHandlerType!)} {happening.Name}",
        FieldInfo field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Of(field.FieldType)} {field.Name}",
        MethodInfo { IsSpecialName: false } method => $"{Static(method)}{Of(method.ReturnType)} {method.Name}({Parameters(method)})",
        MethodInfo { Name: "op_Implicit" or "op_Explicit" } conversion => $"{conversion.Name}({Parameters(conversion)}) → {Of(conversion.ReturnType)}",
        _ => "",
    };

    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("SentinelHealth", StringComparison.Ordinal) == true;

    private static string Static(MethodInfo? method) => method?.IsStatic == true ? "static " : "";

    private static string Question(PropertyInfo property) =>
        !property.PropertyType.IsValueType && Nullability.Create(property).ReadState == NullabilityState.Nullable ? "?" : "";

    private static string Accessors(PropertyInfo property)
    {
        var isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var set = property.SetMethod is not { IsPublic: true } ? "" : isInit ? " init;" : " set;";
        var required = property.GetCustomAttribute<RequiredMemberAttribute>() is null ? "" : " required";
        return $"get;{set}{required}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : "")}{Of(parameter.IsOut ? parameter.ParameterType.GetElementType()! : parameter.ParameterType)} {parameter.Name}"
        + (parameter.HasDefaultValue ? " = …" : "")));
}
