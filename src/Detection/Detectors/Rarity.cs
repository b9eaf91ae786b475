using SentinelHealth.Detection.Baselines;
using SentinelHealth.Detection.Features;

namespace SentinelHealth.Detection.Detectors;

/// <summary>
/// Surprise of each categorical value given the entity, backing off to its peer group and then to the whole network.
/// </summary>
/// <remarks>
/// A value the entity knows costs how much rarer it is than the entity's usual value. A value new to the entity costs the
/// improbability of novelty for this entity plus what the value costs among its peers, and so on to the network, so that "first
/// time for her, everyday for her ward" and "never seen anywhere" are far apart. Back-off by novelty mass follows the idea of
/// Witten-Bell smoothing (1991); we depart from it by comparing with the usual probability at each level instead of summing
/// probabilities, which makes features of different cardinality comparable. An entity with little history is judged mostly as its
/// peers would be. Cost O(features), 0.7 KB an entity (148 bytes for up to two features), 4 KB a peer group. Counts fade with a
/// time constant of 45 days.
/// </remarks>
public sealed class Rarity : IDetector, ITabular
{
    /// <summary>Most features a schema may have.</summary>
    public const int FeaturesMax = 8;

    private readonly string[] _features;
    private readonly RarityLevels _levels;

    /// <summary>Creates a cold detector.</summary>
    /// <param name="name">Its name in alerts.</param>
    /// <param name="schema">Whose categorical features are watched; at most <see cref="FeaturesMax"/>.</param>
    /// <param name="entitiesMax">Bound on entities.</param>
    /// <param name="groupsMax">Bound on peer groups.</param>
    public Rarity(string name, FeatureSchema schema, int entitiesMax, int groupsMax)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schema.Categorical.Count, FeaturesMax);
        Name = name;
        _features = [.. schema.Categorical];
        _levels = _features.Length <= NarrowRarity.FeaturesMax
            ? new RarityLevels<NarrowRarity>(_features.Length, entitiesMax, groupsMax)
            : new RarityLevels<EntityRarity>(_features.Length, entitiesMax, groupsMax);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> PartNames => _features;

    /// <inheritdoc/>
    public long SizeBytes => _levels.SizeBytes;

    IEnumerable<IEntityTable> ITabular.Tables => [_levels.Entities];

    /// <inheritdoc/>
    public double? Score(in Observation observed) => _levels.Score(observed);

    /// <inheritdoc/>
    public void Learn(in Observation observed, float trust) => _levels.Learn(observed, trust);

    /// <inheritdoc/>
    public int Explain(in Observation observed, Span<SurprisePart> parts) => _levels.Explain(observed, parts);

    /// <inheritdoc/>
    public void Save(BinaryWriter writer) => _levels.Save(writer);

    /// <inheritdoc/>
    public void Load(BinaryReader reader) => _levels.Load(reader);
}
