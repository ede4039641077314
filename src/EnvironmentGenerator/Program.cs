using Terradev.EnvironmentGenerator;
using Terradev.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("environmentgenerator");
builder.AddEnvironmentGenerator();
builder.AddBus();

var app = builder.Build();
app.MapServiceDefaults();
app.MapEnvironmentGenerator();
app.Run();
