namespace Silo.Gateway.Nodes;

/// <summary>Text that is only shown: cut, never refused, since a worker could do nothing about it but lose the outcome it belongs to.</summary>
internal static class ShownText
{
    /// <summary>At most <paramref name="lengthMax"/> characters, never half of a surrogate pair.</summary>
    public static string Cut(string text, int lengthMax) =>
        text.Length <= lengthMax ? text : text[..(char.IsHighSurrogate(text[lengthMax - 1]) ? lengthMax - 1 : lengthMax)];
}
