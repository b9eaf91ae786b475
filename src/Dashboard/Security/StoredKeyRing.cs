using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using SentinelHealth.Dashboard.Storage;

namespace SentinelHealth.Dashboard.Security;

/// <summary>
/// The keys that cookies, tickets and secrets of authenticators are protected with, where all processes of one monitor find them: what one of them
/// protects, the others can read.
/// </summary>
internal sealed class StoredKeyRing(IDocuments documents) : IXmlRepository
{
    public const string Folder = "keys/";

    private const string Extension = ".xml";

    public IReadOnlyCollection<XElement> GetAllElements() =>
    [
        .. documents.Names(Folder).Where(name => name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(documents.Read).OfType<byte[]>().Select(body => XElement.Load(new MemoryStream(body))),
    ];

    public void StoreElement(XElement element, string friendlyName)
    {
        using var body = new MemoryStream();
        element.Save(body);
        documents.Change($"{Folder}{friendlyName}{Extension}", _ => body.ToArray());
    }
}
