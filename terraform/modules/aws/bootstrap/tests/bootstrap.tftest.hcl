variables {
  region                 = "us-east-1"
  expires_at             = "2030-01-31T18:05:09Z"
  deadline_schedule_name = "bert-lora-deadline"
}

run "the_deadline_comes_before_everything_that_can_fail" {
  command = plan

  assert {
    condition     = length(split("systemctl enable --now terradev-deadline.timer", output.user_data)) == 2 && !strcontains(split("systemctl enable --now terradev-deadline.timer", output.user_data)[0], "base64 --decode")
    error_message = "The timer of the deadline must run before anything is unpacked."
  }

  assert {
    condition     = strcontains(output.user_data, "echo '2030-01-31T18:05:09Z' >/var/lib/terradev/deadline") && strcontains(output.user_data, "schedule='bert-lora-deadline'")
    error_message = "The script must know the deadline and its schedule."
  }
}

run "settings_never_become_shell" {
  command = plan

  variables {
    settings = {
      model = "a'b\"c\n$${path.module} %%{if true} $(touch /hostile) `touch /hostile`\nBASE64\ntouch /hostile"
    }
  }

  assert {
    condition     = !strcontains(output.user_data, "hostile") && jsondecode(base64decode(regex("(?s)<<'BASE64'\n(.*?)\nBASE64", output.user_data)[0])).model == var.settings.model
    error_message = "Settings must reach the script as base64 only, and literally."
  }
}

run "files_are_one_line_that_no_shell_reads" {
  command = plan

  variables {
    log_group = "bert"
    files = {
      "bin/train"                    = { content = "#!/bin/bash\nFILES\ntouch /hostile\n", mode = "0755" }
      "hooks/interruption.d/10-save" = { content = "$${path.module} é 'quoted' <&>\n", mode = "0700" }
      "requirements.txt"             = { content = "torch\n" }
    }
  }

  assert {
    condition     = length(regexall("(?m)^touch /hostile$", output.user_data)) == 0 && length(regexall("(?m)^FILES$", output.user_data)) == 1
    error_message = "No line of a file may become a line of the script."
  }

  assert {
    condition = { for path, file in jsondecode(regex("<<'FILES'\n(.*)\nFILES\n", output.user_data)[0]) : path => file if !startswith(path, "bin/terradev-") && path != "cloudwatch-agent.json" } == {
      "bin/train"                    = { content = "#!/bin/bash\nFILES\ntouch /hostile\n", mode = "0755" }
      "hooks/interruption.d/10-save" = { content = "$${path.module} é 'quoted' <&>\n", mode = "0700" }
      "requirements.txt"             = { content = "torch\n", mode = "0644" }
    }
    error_message = "Files must reach the machine as they were given, with their modes."
  }

  assert {
    condition = alltrue([for program in fileset("./files", "bin/*") :
      jsondecode(regex("<<'FILES'\n(.*)\nFILES\n", output.user_data)[0])[program] == { content = file("./files/${program}"), mode = "0755" }
    ]) && length(fileset("./files", "bin/*")) > 0
    error_message = "The machine's own programs must come along."
  }

  assert {
    condition = alltrue([for log in jsondecode(jsondecode(regex("<<'FILES'\n(.*)\nFILES\n", output.user_data)[0])["cloudwatch-agent.json"].content).logs.logs_collected.files.collect_list :
      log.publish_multi_logs && log.log_group_name == "bert"
    ])
    error_message = "Every log must be sent, and not the latest alone."
  }
}

run "only_what_is_asked_for_runs" {
  command = plan

  assert {
    condition = alltrue([for unit in ["terradev-idle", "terradev-start.service", "terradev-watch", "amazon-cloudwatch-agent-ctl"] :
      !strcontains(replace(output.user_data, "/(?s)<<'FILES'\n.*\nFILES\n/", ""), unit)
    ])
    error_message = "Without idle rule, job and log group there must be no units for them."
  }
}

run "everything_that_is_asked_for_runs" {
  command = plan

  variables {
    metrics_namespace = "Terradev/bert"
    log_group         = "bert"
    idle_minutes      = 30
    start             = "train"
    watch             = "drain"
    files             = { "bin/train" = { content = "#!/bin/bash\n", mode = "0755" }, "bin/drain" = { content = "#!/bin/bash\n", mode = "0755" } }
  }

  assert {
    condition = alltrue([for unit in ["terradev-heartbeat.timer", "terradev-idle.timer", "terradev-spot-watch.service", "terradev-start.service", "terradev-watch.service", "amazon-cloudwatch-agent-ctl"] :
      strcontains(replace(output.user_data, "/(?s)<<'FILES'\n.*\nFILES\n/", ""), unit)
    ])
    error_message = "Every unit must be there."
  }

  assert {
    condition     = strcontains(output.user_data, "/opt/terradev/bin/train exec") && strcontains(output.user_data, "/opt/terradev/bin/drain simple")
    error_message = "The job must be started once, and what runs beside it again and again."
  }
}

run "a_moved_deadline_is_the_same_machine" {
  variables {
    settings = { model = "a" }
  }

  assert {
    condition     = output.key == sha256(jsonencode({ files = {}, settings = { model = "a" }, start = null }))
    error_message = "The key must cover what the machine is for, and not its deadline."
  }
}

run "takes_what_fits_when_it_is_compressed" {
  command = plan

  variables {
    files = { "long.txt" = { content = join("\n", [for i in range(1000) : "A line of a script like many others"]) } }
  }

  assert {
    condition     = length(output.user_data) > 16384
    error_message = "The limit must count the compressed script."
  }
}

run "refuses_more_than_user_data_holds" {
  command = plan

  variables {
    files = { "big.txt" = { content = join("", [for i in range(1000) : sha256(tostring(i))]) } }
  }

  expect_failures = [output.user_data]
}

run "refuses_paths_that_leave_the_folder_and_values_that_are_shell" {
  command = plan

  variables {
    files                  = { "../etc/passwd" = { content = "" } }
    expires_at             = "2030-01-31T18:05:09Z'; reboot; '"
    deadline_schedule_name = "x'; reboot"
    region                 = "us-east-1'"
    start                  = "train; reboot"
    watch                  = "drain; reboot"
    idle_minutes           = 1.5
    metrics_namespace      = "a b"
  }

  expect_failures = [var.files, var.expires_at, var.deadline_schedule_name, var.region, var.start, var.watch, var.idle_minutes, var.metrics_namespace]
}

run "refuses_settings_larger_than_user_data" {
  command = plan

  variables {
    settings = { model = join("", [for i in range(1000) : "0123456789"]) }
  }

  expect_failures = [var.settings]
}

run "refuses_files_in_the_place_of_the_machines_own_programs" {
  command = plan

  variables {
    files = { "bin/terradev-terminate" = { content = "#!/bin/bash\n" } }
  }

  expect_failures = [var.files]
}
