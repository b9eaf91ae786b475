using SentinelHealth.Detection.Detectors;

namespace SentinelHealth.Detection.Explanation;

/// <summary>One thing about an event that could have been otherwise.</summary>
/// <param name="Kind">What is changed.</param>
/// <param name="View">Whose doings are fewer, for counts.</param>
/// <param name="Index">Category, number or bucket width.</param>
/// <param name="Key">The category's key instead.</param>
/// <param name="Amount">The number instead, or how many doings are left out.</param>
/// <param name="Clause">How it reads after "if": "the device were dev-14".</param>
internal readonly record struct Change(
    ChangeKind Kind, EntityView View, int Index, ulong Key, double Amount, string Clause);

/// <summary>What a change is about.</summary>
internal enum ChangeKind : byte
{
    /// <summary>Another value of a category.</summary>
    Category,

    /// <summary>Fewer doings in the running bucket of a width.</summary>
    Fewer,

    /// <summary>A number of another size.</summary>
    Size,

    /// <summary>A patient in the actor's own care.</summary>
    OwnCare,

    /// <summary>An account whose keys are long settled.</summary>
    SettledKeys,

    /// <summary>The actor's usual activity.</summary>
    Activity,
}
