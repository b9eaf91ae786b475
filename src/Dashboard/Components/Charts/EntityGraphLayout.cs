using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Dashboard.Components.Charts;

/// <summary>Two entities that appear in the same alerts.</summary>
/// <param name="From">One.</param>
/// <param name="To">The other.</param>
/// <param name="AlertCount">Alerts that name both.</param>
/// <param name="Worst">The worst severity among them.</param>
public sealed record EntityLink(EntityRef From, EntityRef To, int AlertCount, Severity Worst);

/// <summary>A drawn entity.</summary>
/// <param name="Entity">Which.</param>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
public sealed record EntityBox(EntityRef Entity, double X, double Y);

/// <summary>A drawn link.</summary>
/// <param name="Path">SVG path.</param>
/// <param name="Link">Which.</param>
public sealed record EntityCurve(string Path, EntityLink Link);

/// <summary>
/// Places an incident's entities in columns by type: who acts, with what, where, on what, about whom. The same input
/// gives the same picture, so it does not jump while alerts arrive.
/// </summary>
public sealed record EntityGraphLayout
{
    /// <summary>Size of a box, and how many a column shows before it says "and more".</summary>
    public const int BoxWidth = 158, BoxHeight = 30, BoxesPerColumnMax = 7;

    private const int ColumnGap = 62, RowGap = 14, Margin = 4;

    private static readonly EntityType[] Order =
        [EntityType.Actor, EntityType.Device, EntityType.Node, EntityType.Contract, EntityType.Grant, EntityType.Patient,
            EntityType.Chain];

    public required IReadOnlyList<EntityBox> Boxes { get; init; }
    public required IReadOnlyList<EntityCurve> Curves { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>Entities that did not fit; the table has them.</summary>
    public required int HiddenCount { get; init; }

    /// <summary>Links between entities of the same alert, heaviest first.</summary>
    public static IReadOnlyList<EntityLink> LinksOf(IEnumerable<Alert> alerts) =>
        [.. alerts.SelectMany(alert => alert.RelatedEntities.Where(related => related != alert.Entity).Distinct()
                .Select(related => (alert.Entity, Related: related, alert.Severity)))
            .GroupBy(pair => (pair.Entity, pair.Related))
            .Select(group => new EntityLink(group.Key.Entity, group.Key.Related, group.Count(), group.Max(pair => pair.Severity)))
            .OrderByDescending(link => link.AlertCount).ThenBy(link => link.To.Id, StringComparer.Ordinal)];

    /// <summary>Places entities (the principal first) and the links between those that are shown.</summary>
    public static EntityGraphLayout Of(IReadOnlyList<EntityRef> entities, IReadOnlyList<EntityLink> links)
    {
        var weight = links.SelectMany(link => new[] { (link.From, link.AlertCount), (link.To, link.AlertCount) })
            .GroupBy(pair => pair.Item1).ToDictionary(group => group.Key, group => group.Sum(pair => pair.AlertCount));
        var columns = Order.Select(type => entities.Where(entity => entity.Type == type)
                .OrderByDescending(entity => weight.GetValueOrDefault(entity)).ThenBy(entity => entity.Id, StringComparer.Ordinal)
                .Take(BoxesPerColumnMax).ToList())
            .Where(column => column.Count > 0).ToList();
        var rows = columns.Select(column => column.Count).DefaultIfEmpty(0).Max();
        var height = (rows * (BoxHeight + RowGap)) - RowGap + (2 * Margin);
        var boxes = columns.SelectMany((column, i) => Place(column, i, height)).ToList();
        var at = boxes.ToDictionary(box => box.Entity);
        return new EntityGraphLayout
        {
            Boxes = boxes,
            Curves = [.. links.Where(link => at.ContainsKey(link.From) && at.ContainsKey(link.To))
                .Select(link => new EntityCurve(Curve(at[link.From], at[link.To]), link))],
            Width = Math.Max(1, (columns.Count * (BoxWidth + ColumnGap)) - ColumnGap + (2 * Margin)),
            Height = Math.Max(1, height),
            HiddenCount = entities.Count - boxes.Count,
        };
    }

    private static IEnumerable<EntityBox> Place(List<EntityRef> column, int index, int height)
    {
        var used = (column.Count * (BoxHeight + RowGap)) - RowGap;
        var top = (height - used) / 2.0;
        var left = Margin + (index * (BoxWidth + ColumnGap));
        return column.Select((entity, row) => new EntityBox(entity, left, top + (row * (BoxHeight + RowGap))));
    }

    private static string Curve(EntityBox from, EntityBox to)
    {
        var (left, right) = from.X <= to.X ? (from, to) : (to, from);
        var (y1, y2) = (left.Y + (BoxHeight / 2.0), right.Y + (BoxHeight / 2.0));
        if (left.X == right.X)
        {
            // Same column: bow out to the right instead of running through the boxes between.
            var edge = left.X + BoxWidth;
            return FormattableString.Invariant($"M{edge} {y1:0.#}C{edge + 44} {y1:0.#} {edge + 44} {y2:0.#} {edge} {y2:0.#}");
        }
        var (x1, x2) = (left.X + BoxWidth, right.X);
        var bend = (x2 - x1) / 2.0;
        return FormattableString.Invariant($"M{x1} {y1:0.#}C{x1 + bend:0.#} {y1:0.#} {x2 - bend:0.#} {y2:0.#} {x2} {y2:0.#}");
    }
}
