using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace SentinelHealth.Response.Storage;

/// <summary>A place in a list ordered by time and identifier. Opaque to callers; stable while the list grows at its front.</summary>
/// <param name="At">UTC ticks of the last row of the page.</param>
/// <param name="Id">Its identifier.</param>
internal readonly record struct Keyset(long At, string Id)
{
    /// <summary>Above every row.</summary>
    public static Keyset Top { get; } = new(long.MaxValue, "");

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At}:{Id}")));

    /// <exception cref="ArgumentException">The text is no cursor of ours.</exception>
    public static Keyset Parse(string? cursor)
    {
        if (cursor is null)
            return Top;
        try
        {
            var text = cursor.Length <= 1024 ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) : "";
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var at))
                return new Keyset(at, text[(colon + 1)..]);
        }
        catch (FormatException fault)
        {
            throw new ArgumentException("The cursor is not one of ours.", nameof(cursor), fault);
        }
        throw new ArgumentException("The cursor is not one of ours.", nameof(cursor));
    }
}
