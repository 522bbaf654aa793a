using System.CommandLine;

namespace Silo.Cli.Configuration;

/// <summary>An option behind which there are an environment variable and a key of configuration files.</summary>
internal interface ISettingOption
{
    Setting Setting { get; }
}

/// <inheritdoc/>
internal sealed class SettingOption<T>(Setting<T> setting) : Option<T?>(setting.OptionName), ISettingOption
{
    public Setting Setting => setting;
}
