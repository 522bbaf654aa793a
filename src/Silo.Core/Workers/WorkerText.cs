using System.Text;

namespace Silo.Core.Workers;

/// <summary>Makes a handler's text fit for stores and wires: bounded, without NUL (PostgreSQL refuses it) and without halves of surrogate pairs (UTF-8 has none).</summary>
internal static class WorkerText
{
    public static string Fit(string text, int lengthMax)
    {
        var fits = text.Length <= lengthMax ? text : text[..lengthMax];
        return IsClean(fits) ? fits : Clean(fits);
    }

    private static bool IsClean(string text)
    {
        foreach (var letter in text)
        {
            if (letter == '\0' || char.IsSurrogate(letter))
                return false;
        }

        return true;
    }

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append((rune.Value == 0 ? Rune.ReplacementChar : rune).ToString());
        return clean.ToString();
    }
}
