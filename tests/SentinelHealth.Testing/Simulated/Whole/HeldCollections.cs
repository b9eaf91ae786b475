using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace SentinelHealth.Testing.Simulated.Whole;

/// <summary>Every collection that a living program holds, found by following its fields: what is kept where nobody thought of it, too.</summary>
internal static class HeldCollections
{
    private const BindingFlags Fields =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private const int ObjectsMax = 5_000_000;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Followed = [];
    private static readonly ConcurrentDictionary<Type, PropertyInfo?> Counts = [];

    /// <summary>The largest count of each field that holds a collection, as <c>Type.field</c>. O(objects).</summary>
    public static IReadOnlyDictionary<string, int> Of(object root)
    {
        var largest = new Dictionary<string, int>(StringComparer.Ordinal);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { root };
        var waiting = new Queue<object>([root]);
        while (waiting.TryDequeue(out var holder))
        {
            if (holder is IEnumerable items)
                FollowItems(items, seen, waiting);
            foreach (var field in Followed.GetOrAdd(holder.GetType(), FieldsOf))
            {
                if (field.GetValue(holder) is not { } held)
                    continue;
                // What a collection of ours is made of was counted where it is held.
                if (CountOf(holder) is null && CountOf(held) is { } count)
                {
                    var name = $"{NameOf(field.DeclaringType!)}.{field.Name}";
                    largest[name] = Math.Max(largest.GetValueOrDefault(name), count);
                }
                Follow(held, seen, waiting);
            }
        }
        return largest;
    }

    private static void FollowItems(IEnumerable items, HashSet<object> seen, Queue<object> waiting)
    {
        if (items.GetType() is { IsArray: true } array && !IsWorthAWalk(array.GetElementType()!))
            return;
        foreach (var item in items)
        {
            if (item is not null)
                Follow(item, seen, waiting);
        }
    }

    private static void Follow(object held, HashSet<object> seen, Queue<object> waiting)
    {
        if (!IsWorthAWalk(held.GetType()) || !seen.Add(held))
            return;
        waiting.Enqueue(held);
        if (seen.Count > ObjectsMax)
            throw new InvalidOperationException("A simulated program holds more than can be looked at.");
    }

    /// <summary>How many things a collection holds; null for what is none. Arrays are made at their bound.</summary>
    private static int? CountOf(object held) =>
        held is not IEnumerable || held is string || held.GetType().IsArray
            ? null
            : (int?)Counts.GetOrAdd(held.GetType(), type => type.GetProperty("Count", typeof(int)))?.GetValue(held);

    private static FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        // What is inside the runtime's collections is followed by enumerating them.
        for (var at = type; at is not null && (IsOurs(at) || IsPair(at)); at = at.BaseType)
            fields.AddRange(at.GetFields(Fields).Where(field => IsWorthAWalk(field.FieldType) && !field.FieldType.IsByRefLike));
        return [.. fields];
    }

    private static bool IsWorthAWalk(Type type) =>
        !type.IsPrimitive && !type.IsEnum && !type.IsPointer && type != typeof(string) && !typeof(Delegate).IsAssignableFrom(type)
        && (type.IsInterface || type.IsArray ? type.GetElementType() is not { } element || IsWorthAWalk(element)
            : IsOurs(type) || type == typeof(object) || type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true
                || IsPair(type));

    private static bool IsPair(Type type) =>
        typeof(ITuple).IsAssignableFrom(type) || type.Name.StartsWith("KeyValuePair", StringComparison.Ordinal);

    private static bool IsOurs(Type type) =>
        type.Namespace?.StartsWith("SentinelHealth.", StringComparison.Ordinal) == true
        && (!type.Namespace.StartsWith("SentinelHealth.Testing", StringComparison.Ordinal) || type == typeof(WholeProgram));

    private static string NameOf(Type type) => type.Name.Split('`')[0];
}
