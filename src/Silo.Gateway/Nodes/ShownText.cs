namespace Silo.Gateway.Nodes;

/// <summary>Text that is only shown: cut, never refused. A worker could do nothing about a refusal but lose the outcome it belongs to.</summary>
internal static class ShownText
{
    /// <summary>At most <paramref name="lengthMax"/> characters, never half of a surrogate pair.</summary>
    public static string Cut(string text, int lengthMax) =>
        text.Length <= lengthMax ? text : text[..(char.IsHighSurrogate(text[lengthMax - 1]) ? lengthMax - 1 : lengthMax)];

    /// <summary>The same, with an ellipsis where something was cut.</summary>
    public static string Shorten(string text, int lengthMax) => text.Length <= lengthMax ? text : Cut(text, lengthMax - 1) + "…";
}
