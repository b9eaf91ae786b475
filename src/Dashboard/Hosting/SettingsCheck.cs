using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Key">The full key, as written in a settings file with colons.</param>
/// <param name="Detail">What is wrong. Never quotes the value: it may be a secret.</param>
internal sealed record SettingsProblem(string Key, string Detail)
{
    public override string ToString() => $"{Key}: {Detail}";
}

/// <summary>Finds every problem of a configuration section at once: unknown keys, values of the wrong kind, values out of range.</summary>
/// <remarks>The binder alone would ignore a misspelled key and stop at the first bad value.</remarks>
internal static class SettingsCheck
{
    private const int DepthMax = 8;

    /// <summary>The bound settings when there is no problem.</summary>
    public static (T? Settings, IReadOnlyList<SettingsProblem> Problems) Read<T>(IConfiguration configuration, string section)
        where T : class, new()
    {
        var problems = new List<SettingsProblem>();
        var root = configuration.GetSection(section);
        CheckKeys(root, typeof(T), problems, 0);
        if (problems.Count > 0)
            return (null, problems);
        var settings = root.Get<T>() ?? new T();
        CheckValues(settings, section, problems, 0);
        return problems.Count == 0 ? (settings, problems) : (null, problems);
    }

    private static void CheckKeys(IConfigurationSection section, Type type, List<SettingsProblem> problems, int depth)
    {
        if (depth > DepthMax)
            return;
        if (section.Value is { Length: > 0 })
            problems.Add(new(section.Path, "Expected a group of settings, found a single value."));
        var known = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToList();
        foreach (var child in section.GetChildren())
        {
            var property = known.Find(candidate => candidate.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                problems.Add(new(child.Path, $"Unknown key. Known here: {string.Join(", ", known.Select(candidate => candidate.Name))}."));
            else
                CheckKey(child, property.PropertyType, problems, depth);
        }
    }

    private static void CheckKey(IConfigurationSection child, Type declared, List<SettingsProblem> problems, int depth)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (ValueOf(type) is { } named)
        {
            if (child.Value is { Length: > 0 })
                problems.Add(new(child.Path, "Expected a group of settings, found a single value."));
            // The keys are the operator's own names, so none is unknown.
            foreach (var item in child.GetChildren())
                CheckKey(item, named, problems, depth + 1);
        }
        else if (ElementOf(type) is { } element)
        {
            if (child.Value is { Length: > 0 })
                problems.Add(new(child.Path, "Expected a list."));
            foreach (var item in child.GetChildren())
                CheckKey(item, element, problems, depth + 1);
        }
        else if (IsSingle(type))
            CheckSingle(child, type, problems);
        else
            CheckKeys(child, type, problems, depth + 1);
    }

    private static void CheckSingle(IConfigurationSection child, Type type, List<SettingsProblem> problems)
    {
        if (child.GetChildren().Any())
            problems.Add(new(child.Path, "Expected a single value, found a group."));
        else if (child.Value is { Length: > 0 } value && !CanConvert(value, type))
            problems.Add(new(child.Path, $"Not {Wording(type)}."));
    }

    private static void CheckValues(object settings, string path, List<SettingsProblem> problems, int depth)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(settings, new ValidationContext(settings), found, validateAllProperties: true);
        problems.AddRange(found.Select(result => new SettingsProblem(
            result.MemberNames.FirstOrDefault() is { } member ? $"{path}:{member}" : path, result.ErrorMessage ?? "Not valid.")));
        if (depth > DepthMax)
            return;
        foreach (var property in settings.GetType().GetProperties().Where(property => property.CanWrite))
        {
            var value = property.GetValue(settings);
            if (value is IEnumerable list and not string)
            {
                var index = 0;
                foreach (var item in list)
                    CheckInside(item, $"{path}:{property.Name}:{index++}", problems, depth);
            }
            else
                CheckInside(value, $"{path}:{property.Name}", problems, depth);
        }
    }

    private static void CheckInside(object? value, string path, List<SettingsProblem> problems, int depth)
    {
        if (value is not null && !IsSingle(value.GetType()))
            CheckValues(value, path, problems, depth + 1);
    }

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static Type? ValueOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)
            ? type.GetGenericArguments()[1] : null;

    private static bool IsSingle(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Uri) || type == typeof(TimeSpan)
        || type == typeof(decimal) || type == typeof(DateTimeOffset);

    private static bool CanConvert(string value, Type type)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is { } converted
                && (!type.IsEnum || Enum.IsDefined(type, converted));
        }
        catch (Exception fault) when (
            fault is FormatException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Wording(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(TimeSpan) ? "a duration such as 00:05:00"
        : type == typeof(Uri) ? "an address"
        : type.IsPrimitive || type == typeof(decimal) ? "a number of the expected kind"
        : "a valid value";
}
