using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Silo.Cli.Configuration;

/// <summary>Settings as one YAML mapping.</summary>
internal static class YamlSettings
{
    private static readonly string[] Nulls = ["", "~", "null", "Null", "NULL"];

    public static void Read(SettingsFile file, string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            switch (stream.Documents)
            {
                case []:
                    return;
                case [{ RootNode: YamlMappingNode settings }]:
                    foreach (var (key, value) in settings.Children)
                    {
                        Add(file, Scalar(key) ?? key.ToString(), value);
                    }

                    return;
                default:
                    file.AddProblemAt("the file", "must be one mapping of settings.");
                    return;
            }
        }
        catch (YamlException broken)
        {
            file.AddProblemAt($"line {broken.Start.Line}", $"is no YAML: {broken.Message}");
        }
    }

    private static void Add(SettingsFile file, string key, YamlNode value)
    {
        if (Scalar(value) is { } text)
        {
            file.Add(key, text);
        }
        else if (value is YamlMappingNode section && file.IsSection(key))
        {
            foreach (var (name, setting) in section.Children)
            {
                Add(file, $"{key}{Setting.SectionEnd}{Scalar(name) ?? name.ToString()}", setting);
            }
        }
        else if (value is YamlMappingNode entries && entries.Children.All(entry => Scalar(entry.Key) is not null && Scalar(entry.Value) is not null))
        {
            file.Add(key, SettingShape.Map, [.. entries.Children.Select(entry => $"{Scalar(entry.Key)}={Scalar(entry.Value)}")]);
        }
        else if (value is YamlSequenceNode list && list.Children.All(entry => Scalar(entry) is not null))
        {
            file.Add(key, SettingShape.List, [.. list.Children.Select(entry => Scalar(entry)!)]);
        }
        else
        {
            file.AddProblemAt(key, "must be a text, a number, true or false; leave it out for its default.");
        }
    }

    private static string? Scalar(YamlNode node) =>
        node is YamlScalarNode { Value: { } value } scalar && (scalar.Style != ScalarStyle.Plain || !Nulls.Contains(value)) ? value : null;
}
