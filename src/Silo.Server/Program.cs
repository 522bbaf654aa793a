using System.Collections;
using Silo.Cli.Invocation;
using Silo.Server.Serving;

// Every verb of the standalone program, and the one that needs Orleans.
var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
return await SiloProgram.RunAsync(args, Terminal.OfThisProcess(), environment, new ClusterProgram(typeof(ServeCommand).Assembly.Location, ServeCommand.Create));
