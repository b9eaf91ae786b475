using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Explanation;

/// <summary>The changes supposed while an event is scored again. Empty when it is scored as it is.</summary>
internal sealed class WhatIf
{
    /// <summary>Most changes supposed together.</summary>
    public const int ChangesMax = 2;

    private readonly Change[] _changes = new Change[ChangesMax];
    private int _count;

    /// <summary>Whether nothing is supposed.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Supposes nothing.</summary>
    public void Clear() => _count = 0;

    /// <summary>Supposes one change more.</summary>
    public void Add(in Change change) => _changes[_count++] = change;

    /// <summary>Puts the changes of features in; counts are left to <see cref="OmissionOf"/>.</summary>
    public void ApplyTo(HealthFeatures features)
    {
        foreach (ref readonly var change in _changes.AsSpan(0, _count))
            features.Suppose(change);
    }

    /// <summary>What is left out of the counts of a view.</summary>
    public Omission OmissionOf(EntityView view)
    {
        foreach (ref readonly var change in _changes.AsSpan(0, _count))
        {
            if (change.Kind == ChangeKind.Fewer && change.View == view)
                return new Omission(change.Index, change.Amount);
        }
        return default;
    }
}
