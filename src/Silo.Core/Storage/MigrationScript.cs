using System.Globalization;
using System.Reflection;

namespace Silo.Core.Storage;

/// <summary>A numbered script that brings a store's schema from the version before to this one.</summary>
public sealed record MigrationScript(int Version, string Text)
{
    private const string Folder = "Migrations/";

    /// <summary>Every script that a store's assembly has embedded in its folder of migrations, in order.</summary>
    /// <exception cref="InvalidOperationException">A number is missing or there twice.</exception>
    public static IReadOnlyList<MigrationScript> LoadAll(Assembly store)
    {
        var scripts = store.GetManifestResourceNames().Where(static name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(Read)
            .OrderBy(static script => script.Version).ToArray();
        for (var index = 0; index < scripts.Length; index++)
        {
            if (scripts[index].Version != index + 1)
                throw new InvalidOperationException($"Migration {index + 1} is missing or there twice: scripts are numbered from 0001 without gaps.");
        }

        return scripts;

        MigrationScript Read(string name)
        {
            using var reader = new StreamReader(store.GetManifestResourceStream(name)!);
            var number = name[Folder.Length..].Split('_')[0];
            return new MigrationScript(int.Parse(number, CultureInfo.InvariantCulture), reader.ReadToEnd());
        }
    }
}
